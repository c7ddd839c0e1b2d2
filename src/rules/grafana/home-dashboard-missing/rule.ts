// The start page is a file that is not there.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/home-dashboard-missing",
  title: "Grafana's home dashboard file (default_home_dashboard_path) does not exist inside the container",
  why: "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH names a path inside the container. When the file was never deployed, or its folder is mounted elsewhere, everybody who opens Grafana gets `Failed to load home dashboard`.",
  severity: "warning",
  component: "grafana",
  layer: "dashboards",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "Failed to load home dashboard",
    "failed to load home dashboard",
    "Failed to get preferences…home dashboard",
  ],
  uses: ["docker.containers"],
  confirm: (hit) => {
    const setting = hit.component?.docker?.env?.find(
      ({ name }) => name === "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH",
    );
    const path = setting?.value ?? /open (\/[^\s":]+)/.exec(hit.line.text)?.[1];
    return {
      holds: true,
      ...(setting ? { proof: [setting.at] } : {}),
      ...(path
        ? {
            says: `Grafana's home dashboard ${path} cannot be read inside the container: the file was not deployed there or its folder is not mounted`,
          }
        : {}),
    };
  },
  says: () =>
    "Grafana cannot load its home dashboard: the file of default_home_dashboard_path is not there inside the container",
  decideWith:
    'docker exec GRAFANA ls -l "$(docker exec GRAFANA printenv GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH)"',
  references: [
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#default_home_dashboard_path",
  ],
  fix: () =>
    byHand(
      "Deploy the file to that path (or correct the path to a mounted one), or remove the setting",
      "In Grafana's environment or grafana.ini",
      undefined,
      "safe",
    ),
});

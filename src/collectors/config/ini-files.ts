// grafana.ini and Ansible inventories in INI form: the same shape, told apart by their sections and lines.
import type { Segment } from "../../model/evidence.ts";
import { headOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { emitIniInventory } from "./ansible/inventory.ts";
import { readIni } from "./ini-reader.ts";
import { configDocument, documentOfReader } from "./yaml-document.ts";

const grafanaSections =
  /^\[(?:server|security|security\.encryption|auth|auth\.[\w-]{1,40}|database|remote_cache|dataproxy|analytics|users|paths|log|log\.\w{1,20}|smtp|emails|alerting|unified_alerting(?:\.[\w.]{1,40})?|feature_toggles|rendering|panels|plugins?|plugin\.[\w.-]{1,80}|live|explore|metrics|metrics\.\w{1,20}|snapshots|dashboards|quota|session|date_formats|expressions|enterprise|annotations(?:\.\w{1,20})?|external_image_storage(?:\.\w{1,20})?|recording_rules|rbac|navigation(?:\.\w{1,20})?|grafana_com|geomap|profile|query|query_history|service_accounts|sso_settings|tracing\.[\w]{1,20}|aws|azure|cleanup|help)\]\s*$/;
/** Sections other programs have as well; they need a key that only Grafana knows. */
const grafanaKeys =
  /^;?\s*(?:root_url|serve_from_sub_path|http_port|http_addr|admin_user|admin_password|allow_embedding|provisioning|plugins|allow_sign_up|auto_assign_org|default_theme|min_refresh_interval|logging|keep_alive_seconds|timeout|dialTimeout|max_idle_connections|send_user_header|reporting_enabled|check_for_updates|org_role|org_name|enabled|enable|execute_alerts|app_mode|instance_name|allow_loading_unsigned_plugins|path|type|host|url|cookie_\w+|disable_login_form|oauth_auto_login|client_id|level|mode|data|logs|domain|protocol|enforce_domain|secret_key)\s*=/;
const foreignSections =
  /^\[(?:Unit|Service|Install|Timer|Socket|Mount|mysqld|client|global|defaults|privilege_escalation|ssh_connection|Interface|Peer|user|core|remote|branch|main|keyfile|connection|ipv4|Definition|supervisord|program:\S{1,60})\]/;

function meaningful(segment: Segment, count: number): readonly string[] {
  return headOf(segment, count)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^#/.test(line));
}

export const grafanaIni: Parser = {
  id: "grafana-ini",
  reads: "grafana.ini, custom.ini, defaults.ini",
  provides: ["config.documents"],
  readsFiles: true,
  recognise(segment) {
    if (!segment.text.slice(0, 16_384).includes("[")) return 0;
    const lines = meaningful(segment, 400);
    if (lines.some((line) => foreignSections.test(line))) return 0;
    const sections = lines.filter((line) => /^\[[^\]]{1,120}\]\s*$/.test(line));
    const known = sections.filter((line) => grafanaSections.test(line)).length;
    if (known === 0 || known * 2 < sections.length) return 0;
    const assigns = lines.filter((line) => grafanaKeys.test(line)).length;
    return known >= 3 || assigns > 0
      ? 0.9
      : known === sections.length && lines.some((line) => /^;?\w+\s*=/.test(line))
        ? 0.6
        : 0;
  },
  parse(segment, emit) {
    emit.fact(
      "config.documents",
      configDocument(segment, documentOfReader(segment, readIni(segment.text)), "grafana-ini"),
    );
  },
};

const hostLine = /^[A-Za-z0-9_.\-[\]:]{1,253}(?:\s+[A-Za-z_]\w{0,80}=\S.*|\s*(?:#.*)?)$/;

export const iniInventory: Parser = {
  id: "ansible-ini-inventory",
  reads: "Ansible inventories in INI form",
  provides: ["ansible.hosts", "config.documents"],
  readsFiles: true,
  recognise(segment) {
    const lines = meaningful(segment, 300).filter((line) => !line.startsWith(";"));
    const sections = lines.filter((line) => /^\[[^\]]{1,200}\]$/.test(line));
    const hasConnection = lines.some((line) =>
      /\bansible_(?:host|user|port|connection|ssh_private_key_file|become|python_interpreter)\s*=/.test(line),
    );
    const isGrouped = sections.some((line) => /^\[[^\]]{1,200}:(?:vars|children)\]$/.test(line));
    if (sections.length === 0 && !hasConnection) return 0;
    if (!hasConnection && !isGrouped) return 0;
    const rest = lines.filter((line) => !/^\[/.test(line));
    return rest.filter((line) => hostLine.test(line) || /^[A-Za-z_]\w{0,80}\s*=/.test(line)).length * 10 >=
      rest.length * 8
      ? 0.9
      : 0;
  },
  parse(segment, emit) {
    emit.fact(
      "config.documents",
      configDocument(segment, documentOfReader(segment, readIni(segment.text)), "ansible-inventory"),
    );
    emitIniInventory(segment.source, segment.startLine, segment.text, emit);
  },
};

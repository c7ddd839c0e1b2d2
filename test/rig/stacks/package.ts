// The built command line as people install it, with the Node it runs on: as files of an image, and on a host.
import { readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Host } from "../host.ts";
import { type Entry, writeImage } from "../parts/archive.ts";
import { debian, debianRoot } from "../parts/debian.ts";
import { dirOf } from "../parts/part.ts";
import { run as command, output } from "../process/command.ts";
import type { ClusterStage, Stage } from "../scenario.ts";

const home = "/usr/lib/node_modules/watchmend";

/** The folder with package.json and dist/ of this test run. */
const builtPackage = async ({ watchmendCommand }: Stage): Promise<string> => {
  const main = (await watchmendCommand([])).at(-1) ?? "";
  return dirname(dirname(dirname(main)));
};

const filesBelow = (folder: string, as: string): Entry[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: `${as}${file.slice(folder.length)}`, file };
    });

const libraries = async (): Promise<Entry[]> => {
  const listed = await output(["ldd", process.execPath]);
  return [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path = ""]) => ({
    path,
    file: realpathSync(path),
  }));
};

const imageName = "registry.example.org/ops/watchmend:0.1.0";

/** An image with Node, the package and nothing else but `env`; imported into the node. Returns its name. */
export const packageImage = async (stage: ClusterStage): Promise<string> => {
  const folder = await builtPackage(stage);
  const root = debianRoot(dirOf(debian));
  const archive = join(stage.dir, "watchmend.tar");
  await writeImage(
    {
      ref: imageName,
      config: { User: "65534", Entrypoint: ["watchmend"], Env: ["PATH=/usr/bin:/bin", "HOME=/tmp"] },
      entries: [
        ...(await libraries()),
        { path: "/usr/bin/node", file: realpathSync(process.execPath) },
        { path: "/usr/bin/env", file: join(root, "bin/busybox") },
        { path: "/usr/bin/watchmend", link: `${home}/dist/cli/main.js` },
        { path: "/tmp", dir: true, mode: 0o1777 },
        ...filesBelow(folder, home),
      ],
    },
    archive,
  );
  await stage.cluster.node.run(["ctr", "-n", "k8s.io", "images", "import", "-"], {
    input: readFileSync(archive),
  });
  rmSync(archive);
  return imageName;
};

/** On a host the package lies where `npm install -g` puts it. */
export const installOn = async (stage: Stage, host: Host): Promise<void> => {
  const folder = await builtPackage(stage);
  const archive = join(stage.dir, "package.tar");
  await command(["tar", "-chf", archive, "-C", folder, "package.json", "dist"]);
  stage.defer(() => host.sh(`rm -rf ${home} /usr/bin/watchmend /usr/bin/node`));
  await host.run(["sh", "-c", "cat >/usr/bin/node && chmod 755 /usr/bin/node"], {
    input: readFileSync(realpathSync(process.execPath)),
  });
  await host.run(["sh", "-c", `mkdir -p ${home} && tar -xf - -C ${home}`], { input: readFileSync(archive) });
  await host.sh(`chmod 755 ${home}/dist/cli/main.js && ln -sfn ${home}/dist/cli/main.js /usr/bin/watchmend`);
  rmSync(archive);
};

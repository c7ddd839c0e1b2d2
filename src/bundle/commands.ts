// Tells a typed command from prose, comments and output: the first word is a known program and the rest looks like arguments.

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Programs whose arguments start with a verb; a known verb (or a flag) makes the line a command beyond doubt. */
const verbs: Readonly<Record<string, ReadonlySet<string>>> = {
  kubectl: new Set(
    words(`get describe logs log exec apply delete top config cluster-info version api-resources api-versions rollout edit
      patch create port-forward scale explain auth run cp events label annotate drain cordon uncordon debug wait diff kustomize
      proxy taint attach expose set replace certificate completion plugin autoscale view-secret neat tree ns ctx options krew`),
  ),
  docker: new Set(
    words(`ps logs inspect run exec compose network volume images image info version stats top port container system pull build
      stop start restart rm kill events stack service node swarm context cp diff login logout save load tag push update wait
      create rename buildx history secret config attach commit export import rmi search plugin manifest pod generate machine
      scout unpause pause builder checkpoint healthcheck auto-update play kube unshare`),
  ),
  compose: new Set(
    words(
      "up down ps logs exec run restart start stop config build pull images top port kill rm events ls version create cp",
    ),
  ),
  helm: new Set(
    words(`install upgrade list ls get status history rollback uninstall delete template repo show search version env pull dependency
      dep lint test create plugin package push registry diff init values secrets`),
  ),
  systemctl: new Set(
    words(`status start stop restart reload enable disable is-active is-enabled is-failed show cat list-units list-unit-files
      list-timers daemon-reload edit mask unmask reset-failed kill try-restart list-dependencies list-sockets --failed`),
  ),
  git: new Set(
    words(
      "clone status log diff show checkout pull push commit add branch describe rev-parse fetch stash grep",
    ),
  ),
  ip: new Set(words("a addr address r route l link n neigh rule netns -br -4 -6 -s -d -o -c tunnel maddr")),
};

const verbPrograms: Readonly<Record<string, keyof typeof verbs>> = {
  kubectl: "kubectl",
  k: "kubectl",
  oc: "kubectl",
  "kubectl.exe": "kubectl",
  docker: "docker",
  podman: "docker",
  nerdctl: "docker",
  "docker.exe": "docker",
  "docker-compose": "compose",
  "podman-compose": "compose",
  helm: "helm",
  helm3: "helm",
  systemctl: "systemctl",
  git: "git",
  ip: "ip",
};

const programs: ReadonlySet<string> = new Set(
  words(`crictl ctr k3s microk8s minikube kind k3d rke2 kubeadm kubelet kubectx kubens stern k9s flux argocd calicoctl cilium
    istioctl velero etcdctl oc-mirror kubeconform kustomize kubent pluto popeye k8sgpt
    journalctl service loginctl busctl resolvectl systemd-resolve systemd-analyze coredumpctl rc-service supervisorctl initctl
    ss netstat lsof ifconfig iptables iptables-save ip6tables ip6tables-save nft ufw firewall-cmd ipset conntrack arp route
    ethtool brctl bridge nmcli networkctl tcpdump dig nslookup host getent ping ping6 traceroute tracepath mtr nc ncat netcat
    telnet curl wget openssl ssh scp sftp rsync http https grpcurl socat ab hey
    ls ll la l dir cat zcat bat less more head tail tac nl grep egrep fgrep rg zgrep find fd stat file df du free top htop ps pstree
    pgrep pkill kill killall id whoami who w groups hostname hostnamectl uname uptime date timedatectl chronyc ntpq ntpstat
    ntpdate mount umount lsblk blkid findmnt fdisk parted lvs vgs pvs zfs zpool btrfs mdadm smartctl nvme sysctl dmesg lsmod
    modprobe lsof fuser getenforce setenforce sestatus semanage restorecon chcon ausearch audit2allow aa-status apparmor_status
    chown chmod chgrp setfacl getfacl namei mkdir rmdir rm cp mv ln touch truncate dd echo printf printenv env export unset cd
    pwd sudo su doas vi vim nano emacs tee sed awk gawk cut tr sort uniq wc xargs column jq yq xq dasel test tree readlink
    realpath which whereis type command alias history watch time timeout nice nohup strace ltrace gdb perf vmstat iostat mpstat
    sar pidstat lscpu lsusb lspci nproc numactl ulimit prlimit cgget systemd-cgls systemd-cgtop md5sum sha256sum base64 xxd
    hexdump od strings tar gzip gunzip unzip zip xz python python3 pip pip3 node npm perl ruby go java bash sh zsh dash fish
    source ansible ansible-playbook ansible-inventory ansible-vault terraform tofu vagrant make apt apt-get apt-cache aptitude yum dnf dpkg
    rpm snap zypper apk pacman brew promtool amtool mimirtool cortextool thanos logcli loki promtail alloy grafana grafana-cli
    grafana-server prometheus alertmanager node_exporter cadvisor blackbox_exporter otelcol pushgateway sqlite3 psql mysql
    redis-cli influx clickhouse-client virsh lxc incus pct qm pvesm aws gcloud az eksctl doctl hcloud nvidia-smi exit logout
    clear reboot shutdown crontab useradd usermod passwd groupadd visudo nsenter unshare chroot ipconfig powershell pwsh tasklist
    Get-Content Get-Service Get-Process Get-NetTCPConnection Test-NetConnection Invoke-WebRequest Invoke-RestMethod
    Select-String kubectl-neat for while if until docker-machine lazydocker ctop dockerd containerd runc buildah skopeo
    hostnamectl snmpwalk dockviz openrc rc-status last lastb set cpupower sensors ipmitool`),
);

/** Programs whose names are English words: they need an argument that is no plain word, or no argument at all. */
const englishWords: ReadonlySet<string> = new Set(
  words(`host time date find service test more make for while if until head tail watch who w last top free type file command
    source set kind go node node_exporter loki prometheus grafana alertmanager alloy promtail thanos export history cut sort split
    tree mount cat kill link stat strings env dir column at http https nice sensors route bridge join touch tr l k la expect
    alias clear exit cadvisor fish bat flux hey perf unset snap python ruby java perl powershell docker containerd dockerd kubelet velero cilium`),
);

const wrappers: ReadonlySet<string> = new Set(
  words("sudo doas time nohup watch timeout nice env exec command strace ionice stdbuf unbuffer chrt"),
);

const assignment = /^[A-Za-z_][A-Za-z0-9_]*=\S*$/;
/** Something that stands in arguments and hardly ever in sentences. */
const argument =
  /^(?:-{1,2}[A-Za-z]|[~./]|https?:|[A-Za-z]:\\|\$|\||>|<|&&|;|\*|"|'|`|@|\d)|[/=|*$]|\.\w{2,5}$|:\d|&&/;
const proseWords: ReadonlySet<string> = new Set(
  words(`the is are was were this that these those with from into and or not when which should would will has have does
    because after before then also shows output outputs we i it in of for a an to be our my your here see below above says
    on at as by after instead only using used`),
);

/** How much of a line is looked at; commands are typed. */
const longestLook = 600;

/** True for text that somebody typed (or could have typed) into a shell. */
export function isCommandLine(text: string): boolean {
  const line = text.slice(0, longestLook).trim();
  if (/^(?:for \w+ in |(?:while|until|if) .+; ?(?:do|then)\b)/.test(line)) return true;
  const tokens = line.split(/\s+/);
  let first = 0;
  while (first < tokens.length && first < 6) {
    const token = tokens[first] ?? "";
    const wraps = wrappers.has(token) && tokens.length > first + 1 && !isProse(tokens.slice(first + 1));
    if (!assignment.test(token) && !wraps && !(first > 0 && /^(?:-\w+|\d+[smh]?)$/.test(token))) break;
    first++;
  }
  const word = programName(tokens[first] ?? "");
  const rest = tokens.slice(first + 1);
  if (word === undefined || isStatement(word, rest)) return false;
  const family = verbPrograms[word];
  if (family) return isVerbCommand(family, word, rest);
  if (!programs.has(word) && !looksLikePath(tokens[first] ?? "")) return false;
  if (isProse(rest)) return false;
  if (!englishWords.has(word)) return true;
  return rest.length === 0 || rest.some((token) => argument.test(token));
}

/** True for commands that show something; the others (`kubectl apply`, `helm install`) also stand in usage comments. */
export function isReadingCommand(text: string): boolean {
  const line = ` ${text.slice(0, longestLook)} `;
  if (
    /\s(?:apply|install|upgrade|create|delete|run|up|build|clone|init|restart|reload|enable|playbook|patch|scale)\s/.test(
      line,
    )
  )
    return false;
  return !/\s(?:sudo\s+)?(?:mkdir|rm|cp|mv|chmod|chown|apt|apt-get|yum|dnf|helm repo|wget|ansible-playbook|make|vi|vim|nano)\s/.test(
    line,
  );
}

function programName(token: string): string | undefined {
  const bare = token.replace(/^[({!]+/, "").replace(/[;)]+$/, "");
  if (bare === "") return undefined;
  const base = bare.slice(bare.lastIndexOf("/") + 1);
  return base === "" ? undefined : base;
}

/** `./loki -config.file=x`, `/usr/local/bin/node_exporter`: a path with a file name, run directly. */
function looksLikePath(token: string): boolean {
  return (
    /^\.{0,2}\/(?:[\w.+-]+\/)*[\w+-][\w.+-]*$/.test(token) &&
    !/\.(?:ya?ml|json|log|txt|conf|ini)$/.test(token)
  );
}

function isVerbCommand(family: keyof typeof verbs, word: string, rest: readonly string[]): boolean {
  if (rest.length === 0) return word !== "k" && word !== "ip";
  if (isProse(rest)) return false;
  const known = verbs[family];
  let skipValue = false;
  for (const token of rest.slice(0, 8)) {
    if (known?.has(token.replace(/[;|&)]+$/, ""))) return true;
    if (skipValue) {
      skipValue = false;
      continue;
    }
    if (!token.startsWith("-")) return false;
    skipValue =
      /^(?:-[nfpcHl]|--(?:namespace|context|kubeconfig|file|project-name|host|kube-context|env-file|profile))$/.test(
        token,
      );
    if (/^--(?:help|version|all-namespaces|failed)$|^-(?:v|br|4|6)$/.test(token)) return true;
  }
  return false;
}

/** What a sentence about a command says of it: `df -h shows 40% free`, `ping 10.0.0.5 works both ways`. */
const statements: ReadonlySet<string> = new Set(
  words(`shows works gives says lists prints returns looks went hangs fails reports has is are was does doesn't didn't isn't
    didnt doesnt worked failed showed returned`),
);
/** Programs whose arguments may be any words. */
const takesWords: ReadonlySet<string> = new Set(
  words(
    "grep egrep fgrep rg zgrep echo printf awk gawk sed git jq yq find test promtool amtool logcli sqlite3 psql mysql",
  ),
);

/** A verb in the third person after the arguments; nobody types that. */
function isStatement(word: string, rest: readonly string[]): boolean {
  if (takesWords.has(word) || /['"|]/.test(rest.join(" "))) return false;
  return rest.some((token, i) => i > 0 && statements.has(token.toLowerCase().replace(/[.,;:!?]+$/, "")));
}

function isProse(rest: readonly string[]): boolean {
  const quoted = rest.join(" ");
  if (/['"]/.test(quoted.charAt(0)) || rest.length === 0) return false;
  let prose = 0;
  let args = 0;
  for (const token of rest) {
    if (proseWords.has(token.toLowerCase())) prose++;
    if (argument.test(token)) args++;
  }
  return prose > args || (prose > 0 && args === 0);
}

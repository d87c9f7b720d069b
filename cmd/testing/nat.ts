// Two hosts with a router between them, in network namespaces: the router hides the client, as the one at home does (NAT).

/** The addresses of the two hosts, and of the router on each side. The server sees its clients come from `outside`. */
export const NAT = {
  client: "10.0.1.2",
  inside: "10.0.1.1",
  outside: "10.0.2.1",
  server: "10.0.2.2",
} as const;

/** What the router does: the client's connections leave with the router's address, and nobody can open one to the client. */
const ROUTER = `
  table ip nat {
    chain pre { type nat hook prerouting priority dstnat; }
    chain post { type nat hook postrouting priority srcnat; oifname "server" masquerade; }
  }
  table ip filter {
    chain input { type filter hook input priority filter; policy drop; }
    chain forward {
      type filter hook forward priority filter; policy drop;
      ct state established,related accept
      iifname "client" accept
    }
  }`;

/** Words that run a command as root of a network. They are the program's own users, so that no rights of the system are needed. */
type Prefix = readonly string[];

/** Why there can be no such network here; undefined if there can. */
export function whyNoNat(): string | undefined {
  const missing = ["unshare", "nsenter", "ip", "nft"].find((program) => !Bun.which(program));
  if (missing) return `needs the program ${missing}`;
  const setup = "nft add table ip nat && ip link add c0 type veth peer name c1";
  const { exitCode } = Bun.spawnSync(["unshare", "-rn", "sh", "-c", setup], { stderr: "ignore" });
  return exitCode === 0 ? undefined : "this system allows no network of one's own (unshare -rn)";
}

/** The network. Disposing of it ends it; so does the end of this process. */
export class NatNetwork implements AsyncDisposable {
  readonly #namespaces: Bun.Subprocess[] = [];
  readonly #router: Prefix;
  readonly client: Prefix;
  readonly server: Prefix;

  private constructor(namespaces: { router: Namespace; client: Namespace; server: Namespace }) {
    const { router, client, server } = namespaces;
    this.#namespaces = [server.process, client.process, router.process];
    [this.#router, this.client, this.server] = [router.prefix, client.prefix, server.prefix];
    this.#connect("client", client, NAT.client, NAT.inside);
    this.#connect("server", server, NAT.server, NAT.outside);
    run(this.#router, "sysctl", "-qw", "net.ipv4.ip_forward=1");
    this.filterRouter(ROUTER);
    run(this.client, "ip", "route", "add", "default", "via", NAT.inside);
  }

  static async start(): Promise<NatNetwork> {
    const router = await Namespace.start(["unshare", "--user", "--map-root-user", "--net"]);
    const inner = [...router.prefix, "unshare", "--net"];
    const [client, server] = [await Namespace.start(inner), await Namespace.start(inner)];
    return new NatNetwork({ router, client, server });
  }

  /** Adds rules of nft(8) to those of the router. */
  filterRouter(rules: string): void {
    run(this.#router, "nft", rules);
  }

  /** The firewall of the server lets only these ports in. */
  filterServer(ports: string): void {
    run(
      this.server,
      "nft",
      `table ip filter {
        chain input {
          type filter hook input priority filter; policy drop;
          ct state established,related accept
          tcp dport ${ports} accept
        }
      }`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const namespace of this.#namespaces) namespace.kill();
    await Promise.all(this.#namespaces.map(({ exited }) => exited));
  }

  /** A link from the router to a host, which gets the first of two addresses. */
  #connect(name: string, to: Namespace, address: string, gateway: string): void {
    const peer = ["type", "veth", "peer", "name", "eth0", "netns", `${to.process.pid}`];
    run(this.#router, "ip", "link", "add", name, ...peer);
    run(this.#router, "ip", "addr", "add", `${gateway}/24`, "dev", name);
    run(this.#router, "ip", "link", "set", name, "up");
    run(to.prefix, "ip", "addr", "add", `${address}/24`, "dev", "eth0");
    for (const link of ["eth0", "lo"]) run(to.prefix, "ip", "link", "set", link, "up");
  }
}

/** A process that only keeps a namespace; it ends when its standard input is closed. */
class Namespace {
  private constructor(readonly process: Bun.Subprocess) {}

  get prefix(): Prefix {
    const where = ["--target", `${this.process.pid}`, "--user", "--net"];
    return ["nsenter", ...where, "--preserve-credentials", "--"];
  }

  static async start(command: Prefix): Promise<Namespace> {
    const process = Bun.spawn([...command, "sh", "-c", "echo ready; exec cat"], {
      stdin: "pipe",
      stdout: "pipe",
    });
    await process.stdout.getReader().read();
    return new Namespace(process);
  }
}

function run(prefix: Prefix, ...command: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([...prefix, ...command], { stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr.toString()}`);
}

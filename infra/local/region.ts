import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "#base/errors.ts";
import { background, type Logger } from "#base/log.ts";
import type {
  DatabaseSpec,
  DatabaseStatus,
  EndpointSpec,
  EndpointStatus,
  FileSpec,
  FileStatus,
  Inventory,
  RedisSpec,
  RedisStatus,
  ServiceSpec,
  ServiceStatus,
} from "./api.ts";
import { Balancer } from "./balancer.ts";
import { databaseNameOf, databasesOn, type Databases } from "./databases.ts";
import { errnoOf, RegionError } from "./errors.ts";
import { straysIn } from "./processes.ts";
import { portsOf, type PortRange, type Ports } from "./ports.ts";
import { RedisServer } from "./redis.ts";
import { Service } from "./service.ts";
import { keyOf, openStore, writeAtomically, type Store } from "./store.ts";

export interface RegionOptions {
  folder: string;
  ports: PortRange;
  /** A URL on the machine's PostgreSQL whose role may make databases and roles. */
  adminDatabaseUrl: string;
  log: Logger;
}

/** The region that is this machine: what it is told to run, it runs, also after it was restarted. */
export class Region {
  readonly #store: Store;
  readonly #ports: Ports;
  readonly #databases: Databases;
  readonly #log: Logger;
  readonly #services = new Map<string, Service>();
  /** Not among the services yet; they count as what is there all the same. */
  readonly #starting = new Map<string, Service>();
  readonly #redis = new Map<string, RedisServer>();
  readonly #balancers = new Map<string, Balancer>();
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(store: Store, options: RegionOptions) {
    this.#store = store;
    this.#ports = portsOf(store, options.ports);
    this.#databases = databasesOn(options.adminDatabaseUrl);
    this.#log = options.log;
  }

  static async open(options: RegionOptions): Promise<Region> {
    const region = new Region(await openStore(options.folder), options);
    await region.#restore();
    return region;
  }

  /** Refuses whoever carries an older epoch than the stack has seen. */
  async admit(stack: string, epoch: number): Promise<void> {
    const seen = this.#store.state.epochs[stack] ?? 0;
    if (epoch < seen)
      throw new RegionError("stale_epoch", `Epoch ${epoch} of ${stack} is over: epoch ${seen} has taken its place.`);
    if (epoch === seen) return;
    this.#store.state.epochs[stack] = epoch;
    await this.#store.save();
  }

  putService(stack: string, name: string, spec: ServiceSpec): Promise<ServiceStatus> {
    const key = keyOf(stack, name);
    return this.#inTurn(`services/${key}`, async () => {
      const existing = this.#services.get(key);
      if (existing) await existing.update(spec);
      return (existing ?? (await this.#beginService(key, new Service(this.#place(stack, name), spec)))).status();
    });
  }

  getService(stack: string, name: string): ServiceStatus | undefined {
    const key = keyOf(stack, name);
    return (this.#services.get(key) ?? this.#starting.get(key))?.status();
  }

  deleteService(stack: string, name: string): Promise<void> {
    const key = keyOf(stack, name);
    // One that is still starting is not waited for: it may never be ready.
    const stopped = this.#starting.get(key)?.suspend();
    return this.#inTurn(`services/${key}`, async () => {
      await stopped;
      await this.#services.get(key)?.remove();
      this.#services.delete(key);
    });
  }

  async restartService(stack: string, name: string): Promise<ServiceStatus> {
    const service = this.#services.get(keyOf(stack, name));
    if (!service) throw new RegionError("not_found", `There is no service ${name} in ${stack}.`);
    await service.restart();
    return service.status();
  }

  async logs(stack: string, name: string, lines: number): Promise<string[]> {
    const key = keyOf(stack, name);
    return (await (this.#services.get(key) ?? this.#starting.get(key))?.logs(lines)) ?? [];
  }

  putDatabase(stack: string, name: string, spec: DatabaseSpec): Promise<DatabaseStatus> {
    const key = keyOf(stack, name);
    return this.#inTurn(`databases/${key}`, async () => {
      const database = databaseNameOf(stack, name);
      this.#store.state.databases[key] = { stack, name, database };
      await this.#store.save();
      return { name, url: await this.#databases.create(database, spec.password) };
    });
  }

  getDatabase(stack: string, name: string): { name: string } | undefined {
    return this.#store.state.databases[keyOf(stack, name)] && { name };
  }

  deleteDatabase(stack: string, name: string): Promise<void> {
    const key = keyOf(stack, name);
    return this.#inTurn(`databases/${key}`, async () => {
      await this.#databases.drop(databaseNameOf(stack, name));
      delete this.#store.state.databases[key];
      await this.#store.save();
    });
  }

  putRedis(stack: string, name: string, spec: RedisSpec): Promise<RedisStatus> {
    const key = keyOf(stack, name);
    return this.#inTurn(`redis/${key}`, async () => {
      const before = this.#store.state.redis[key];
      const port = before?.port ?? (await this.#ports.allocate(stack, name));
      this.#store.state.redis[key] = { stack, name, spec, port };
      try {
        await this.#store.save();
        const changed = JSON.stringify(before?.spec) !== JSON.stringify(spec);
        if (changed || !this.#redis.has(key)) await this.#startRedis(key, port, spec);
        await this.#redis.get(key)?.ready();
      } catch (error) {
        if (!before) await this.#forgetRedis(key);
        throw error;
      }
      return redisStatusOf(name, port, spec);
    });
  }

  getRedis(stack: string, name: string): RedisStatus | undefined {
    const held = this.#store.state.redis[keyOf(stack, name)];
    return held && redisStatusOf(name, held.port, held.spec);
  }

  deleteRedis(stack: string, name: string): Promise<void> {
    const key = keyOf(stack, name);
    return this.#inTurn(`redis/${key}`, async () => {
      await this.#forgetRedis(key);
      await this.#store.save();
    });
  }

  putEndpoint(stack: string, name: string, spec: EndpointSpec): Promise<EndpointStatus> {
    const key = keyOf(stack, name);
    return this.#inTurn(`endpoints/${key}`, async () => {
      const before = this.#store.state.endpoints[key];
      const port = before?.port ?? (await this.#ports.allocate(stack, name));
      this.#store.state.endpoints[key] = { stack, name, spec, port };
      try {
        await this.#store.save();
        await this.#listen(key, port);
      } catch (error) {
        if (!before) await this.#forgetEndpoint(key);
        throw error;
      }
      return endpointStatusOf(name, port);
    });
  }

  getEndpoint(stack: string, name: string): EndpointStatus | undefined {
    const held = this.#store.state.endpoints[keyOf(stack, name)];
    return held && endpointStatusOf(name, held.port);
  }

  deleteEndpoint(stack: string, name: string): Promise<void> {
    const key = keyOf(stack, name);
    return this.#inTurn(`endpoints/${key}`, async () => {
      await this.#forgetEndpoint(key);
      await this.#store.save();
    });
  }

  putFile(stack: string, name: string, spec: FileSpec): Promise<FileStatus> {
    const key = keyOf(stack, name);
    return this.#inTurn(`files/${key}`, async () => {
      const path = join(this.#store.stackFolder(stack), "files", name);
      const before = this.#store.state.files[key];
      this.#store.state.files[key] = { stack, name, path };
      try {
        await this.#store.save();
        await writeAtomically(path, spec.content);
      } catch (error) {
        if (!before) delete this.#store.state.files[key];
        throw error;
      }
      return { name, path };
    });
  }

  getFile(stack: string, name: string): FileStatus | undefined {
    const held = this.#store.state.files[keyOf(stack, name)];
    return held && { name, path: held.path };
  }

  deleteFile(stack: string, name: string): Promise<void> {
    const key = keyOf(stack, name);
    return this.#inTurn(`files/${key}`, async () => {
      await rm(join(this.#store.stackFolder(stack), "files", name), { force: true });
      delete this.#store.state.files[key];
      await this.#store.save();
    });
  }

  /** Everything that carries the stack's name, whoever made it and however far they came. */
  async removeStack(stack: string): Promise<void> {
    const { state } = this.#store;
    const named = (things: Record<string, { stack: string; name: string }>) =>
      Object.values(things).flatMap((thing) => (thing.stack === stack ? [thing.name] : []));
    for (const name of named(state.endpoints)) await this.deleteEndpoint(stack, name);
    await Promise.all(named(state.services).map((name) => this.deleteService(stack, name)));
    for (const name of named(state.redis)) await this.deleteRedis(stack, name);
    for (const name of named(state.databases)) await this.deleteDatabase(stack, name);
    for (const name of named(state.files)) await this.deleteFile(stack, name);
    await rm(this.#store.stackFolder(stack), { recursive: true, force: true });
  }

  /** Asks the system and the database server, not only our own memory. */
  async inventory(stack: string): Promise<Inventory> {
    const services = [...this.#services, ...this.#starting].filter(([key]) => key.startsWith(`${stack}/`));
    const servers = [...this.#redis].filter(([key]) => key.startsWith(`${stack}/`));
    const replicas = services.flatMap(([, service]) => {
      const { name, replicas: all } = service.status();
      return all.flatMap(({ pid }) => (pid === null ? [] : [{ name, pid }]));
    });
    const redis = servers.flatMap(([key, { pid }]) => (pid === undefined ? [] : [{ name: key, pid }]));
    const ports = Object.entries(this.#store.state.ports).filter(([, owner]) => owner.stack === stack);
    const known = [...replicas, ...redis];
    // A leashed process leads its own group.
    const strays = await straysIn(this.#store.stackFolder(stack), new Set(known.map(({ pid }) => pid)));
    return {
      processes: [...known, ...strays],
      ports: ports.map(([port, owner]) => ({ name: owner.holder, port: Number(port) })),
      databases: await this.#databases.list(stack),
      files: await this.#filesOf(stack),
    };
  }

  health(): { services: number; unready: number } {
    const all = [...this.#services.values()].flatMap((service) => service.status().replicas);
    return { services: this.#services.size, unready: all.filter((replica) => replica.state !== "ready").length };
  }

  /** Ends every process and keeps the state: the next `open` brings them back. */
  async close(): Promise<void> {
    await Promise.all([...this.#balancers.values()].map((balancer) => balancer.close()));
    await Promise.all([...this.#services.values(), ...this.#starting.values()].map((service) => service.suspend()));
    await Promise.all([...this.#redis.values()].map((server) => server.stop()));
  }

  async #restore(): Promise<void> {
    const { redis, services, endpoints } = this.#store.state;
    for (const [key, { port, spec }] of Object.entries(redis))
      await this.#broughtBack(`redis ${key}`, this.#startRedis(key, port, spec));
    for (const [key, { stack, name, spec, slots }] of Object.entries(services)) {
      const restored = Service.restore(this.#place(stack, name), spec, slots);
      await this.#broughtBack(
        `service ${key}`,
        restored.then((service) => void this.#services.set(key, service)),
      );
    }
    for (const [key, { port }] of Object.entries(endpoints))
      background(
        this.#balance(key, port).listenSoon((problem) => this.#log.warn({ endpoint: key }, problem)),
        this.#log,
        `endpoint ${key}`,
      );
    await this.#broughtBack("state", this.#store.save());
  }

  /** One thing that cannot come back is told, and is no reason for the others to stay away. */
  async #broughtBack(what: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#log.error({ err: error }, `${what} was not brought back: ${messageOf(error)}`);
    }
  }

  async #startRedis(key: string, port: number, spec: RedisSpec): Promise<void> {
    await this.#redis.get(key)?.stop();
    const [stack = "", name = ""] = key.split("/");
    const server = new RedisServer(port, join(this.#store.stackFolder(stack), name));
    this.#redis.set(key, server);
    await server.start(spec);
  }

  async #beginService(key: string, service: Service): Promise<Service> {
    this.#starting.set(key, service);
    try {
      await service.begin();
      this.#services.set(key, service);
      return service;
    } finally {
      this.#starting.delete(key);
    }
  }

  /** In memory only: the caller saves, unless it is saving that failed. */
  async #forgetRedis(key: string): Promise<void> {
    await this.#redis.get(key)?.remove();
    this.#redis.delete(key);
    const held = this.#store.state.redis[key];
    if (held) this.#ports.release(held.port);
    delete this.#store.state.redis[key];
  }

  async #forgetEndpoint(key: string): Promise<void> {
    await this.#balancers.get(key)?.close();
    this.#balancers.delete(key);
    const held = this.#store.state.endpoints[key];
    if (held) this.#ports.release(held.port);
    delete this.#store.state.endpoints[key];
  }

  async #listen(key: string, port: number): Promise<void> {
    const balancer = this.#balancers.get(key);
    if (!balancer) return this.#balance(key, port).listen();
    if (balancer.listening) return;
    // One that was brought back waits for its port; saying that it is there would be a lie.
    throw new RegionError("port_in_use", `Port ${port} is taken by another program. Stop it, then try again.`);
  }

  #balance(key: string, port: number): Balancer {
    const balancer = new Balancer(port, () => {
      const held = this.#store.state.endpoints[key];
      return (held && this.#services.get(keyOf(held.stack, held.spec.service))?.targets(held.spec.port)) ?? [];
    });
    this.#balancers.set(key, balancer);
    return balancer;
  }

  /** Empty folders are nothing; they go with the stack's last file. */
  async #filesOf(stack: string): Promise<string[]> {
    const folder = this.#store.stackFolder(stack);
    try {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
      if (files.length === 0) await rm(folder, { recursive: true, force: true });
      return files;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  #place(stack: string, name: string) {
    return { stack, name, store: this.#store, ports: this.#ports };
  }

  /** One change of a thing at a time; a request that comes again waits, then finds it done. */
  #inTurn<T>(thing: string, task: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(thing) ?? Promise.resolve()).then(task, task);
    const settled = turn.catch(() => undefined);
    this.#turns.set(thing, settled);
    void settled.then(() => this.#turns.get(thing) === settled && this.#turns.delete(thing));
    return turn;
  }
}

function redisStatusOf(name: string, port: number, spec: RedisSpec): RedisStatus {
  return { name, port, url: `redis://:${encodeURIComponent(spec.password)}@127.0.0.1:${port}` };
}

function endpointStatusOf(name: string, port: number): EndpointStatus {
  return { name, port, address: `127.0.0.1:${port}` };
}

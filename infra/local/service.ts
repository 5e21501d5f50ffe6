import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ServiceSpec, ServiceStatus } from "./api.ts";
import { LogFile } from "./log-file.ts";
import { isFree } from "#base/loopback.ts";
import type { Ports } from "./ports.ts";
import { Replica } from "./replica.ts";
import { keyOf, type Store } from "./store.ts";

export interface ServicePlace {
  stack: string;
  name: string;
  store: Store;
  ports: Ports;
}

/** A service's replicas, one a slot. Rolling it starts the new process of a slot, waits for it, then drains the old one. */
export class Service {
  readonly #place: ServicePlace;
  #spec: ServiceSpec;
  #slots: Replica[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  /** Nothing runs before `begin`. */
  constructor(place: ServicePlace, spec: ServiceSpec) {
    this.#place = place;
    this.#spec = spec;
  }

  /** Starts all replicas and waits for them. Where one cannot start, nothing of the service is left. */
  async begin(): Promise<void> {
    try {
      // Each is ours from the moment that it runs, so that a later one without a port leaves none behind.
      for (const slot of range(this.#spec.replicas)) this.#slots.push(await this.#start(slot, this.#spec));
      await this.#save();
      await this.#allReady();
    } catch (error) {
      await this.remove();
      throw error;
    }
  }

  /** Brings back what ran before the supervisor stopped, without waiting for it. The caller saves. */
  static async restore(place: ServicePlace, spec: ServiceSpec, slots: Record<string, number>[]): Promise<Service> {
    const service = new Service(place, spec);
    for (const [slot, ports] of slots.entries()) {
      // Nobody outside knows a replica's own ports (endpoints stand before them), so a taken one is exchanged.
      const free = (await Promise.all(Object.values(ports).map(isFree))).every(Boolean);
      if (!free) for (const port of Object.values(ports)) place.ports.release(port);
      service.#slots.push(free ? service.#replica(slot, spec, ports) : await service.#start(slot, spec));
    }
    service.#note();
    return service;
  }

  status(): ServiceStatus {
    return { name: this.#place.name, replicas: this.#slots.map((replica) => replica.status()) };
  }

  /** Ports of the replicas that may take a connection: those that are ready, or, when none is, those that run. */
  targets(port: string): number[] {
    const ready = this.#slots.filter((replica) => replica.state === "ready");
    const able = ready.length > 0 ? ready : this.#slots.filter((replica) => replica.running);
    return able.flatMap((replica) => replica.plan.ports[port] ?? []);
  }

  /** Moves to another specification without ever having fewer ready replicas; on failure the old one is back. */
  update(spec: ServiceSpec): Promise<void> {
    return this.#exclusively(async () => {
      if (isDeepStrictEqual(spec, this.#spec)) return this.#allReady();
      const before = this.#spec;
      try {
        if (!isDeepStrictEqual({ ...spec, replicas: 0 }, { ...before, replicas: 0 })) await this.#roll(spec);
        await this.#scale(spec);
        this.#spec = spec;
        await this.#save();
      } catch (error) {
        await this.#roll(before);
        await this.#scale(before);
        await this.#save();
        throw error;
      }
    });
  }

  /** Every replica anew, one after the other, no request lost. */
  restart(): Promise<void> {
    return this.#exclusively(() => this.#roll(this.#spec, "all"));
  }

  async logs(lines: number): Promise<string[]> {
    const logs = await Promise.all(this.#slots.map((replica) => replica.plan.log.tail(lines)));
    return logs.flatMap((tail, slot) => (logs.length > 1 ? tail.map((line) => `[${slot}] ${line}`) : tail));
  }

  /** Ends the processes and keeps everything else, for the next start of the supervisor. */
  async suspend(): Promise<void> {
    await Promise.all(this.#slots.map((replica) => replica.stop({ deregister: false })));
  }

  /** Ends the processes and forgets the service: ports, folders, logs. */
  async remove(): Promise<void> {
    await this.suspend();
    for (const replica of this.#slots) this.#forget(replica);
    delete this.#place.store.state.services[keyOf(this.#place.stack, this.#place.name)];
    await rm(this.#folder, { recursive: true, force: true });
    await this.#place.store.save();
  }

  get #folder(): string {
    return join(this.#place.store.stackFolder(this.#place.stack), this.#place.name);
  }

  async #allReady(): Promise<void> {
    await Promise.all(this.#slots.map((replica) => replica.ready()));
  }

  async #roll(spec: ServiceSpec, which: "outdated" | "all" = "outdated"): Promise<void> {
    for (const [slot, old] of this.#slots.entries()) {
      if (which === "outdated" && old.plan.spec === spec) continue;
      const fresh = await this.#start(slot, spec);
      try {
        await fresh.ready();
      } catch (error) {
        await fresh.stop({ deregister: false });
        this.#forget(fresh);
        throw error;
      }
      this.#slots[slot] = fresh;
      await this.#save();
      await old.stop({ deregister: true });
      this.#forget(old);
    }
  }

  async #scale(spec: ServiceSpec): Promise<void> {
    const leaving = this.#slots.slice(spec.replicas);
    const joining = range(spec.replicas).slice(this.#slots.length);
    const staying = this.#slots.length;
    for (const slot of joining) this.#slots.push(await this.#start(slot, spec));
    this.#slots = this.#slots.slice(0, spec.replicas);
    await this.#save();
    await Promise.all(this.#slots.slice(staying).map((replica) => replica.ready()));
    await Promise.all(leaving.map((replica) => replica.stop({ deregister: true })));
    for (const replica of leaving) {
      this.#forget(replica);
      await rm(replica.plan.folder, { recursive: true, force: true });
    }
  }

  async #start(slot: number, spec: ServiceSpec): Promise<Replica> {
    const { stack, name, ports } = this.#place;
    const given: Record<string, number> = {};
    try {
      for (const port of spec.ports) given[port] = await ports.allocate(stack, `${name}/${slot}/${port}`);
    } catch (error) {
      for (const port of Object.values(given)) ports.release(port);
      throw error;
    }
    return this.#replica(slot, spec, given);
  }

  #replica(slot: number, spec: ServiceSpec, ports: Record<string, number>): Replica {
    const log = new LogFile(join(this.#folder, `${slot}.log`));
    return new Replica({ service: this.#place.name, slot, spec, ports, folder: join(this.#folder, String(slot)), log });
  }

  #forget(replica: Replica): void {
    for (const port of Object.values(replica.plan.ports)) this.#place.ports.release(port);
    replica.plan.log.close();
  }

  async #save(): Promise<void> {
    this.#note();
    await this.#place.store.save();
  }

  #note(): void {
    const { stack, name, store } = this.#place;
    const slots = this.#slots.map((replica) => replica.plan.ports);
    store.state.services[keyOf(stack, name)] = { stack, name, spec: this.#spec, slots };
  }

  /** One change at a time: a second request waits for the first and then finds it done. */
  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task, task);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

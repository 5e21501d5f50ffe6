import { ListenTree, type RoutedPlace } from "./listen-tree.ts";

/**
 * Host, then listen path: an exact host first, then the longest `*.` suffix, then the routes of any host. A host that has
 * routes but none for this path falls through to the next kind, so that an API on one host does not hide the shared ones.
 */
export class HostRouter<T> {
  readonly #exact = new Map<string, ListenTree<T>>();
  readonly #wildcard = new Map<string, ListenTree<T>>();
  readonly #any = new ListenTree<T>();

  /** Returns the place that already holds this host and path, and changes nothing, when there is one. */
  add(host: string | undefined, listenPath: string, value: T): RoutedPlace<T> | undefined {
    return this.#treeOf(host).add(listenPath, value);
  }

  /** `host` is the request's Host field, with or without a port, in any case; `path` is normalised. */
  find(host: string | undefined, path: string): RoutedPlace<T> | undefined {
    if (host !== undefined && this.#exact.size + this.#wildcard.size > 0) {
      const found = this.#findByHost(withoutPort(host), path);
      if (found) return found;
    }
    return this.#any.find(path);
  }

  #findByHost(host: string, path: string): RoutedPlace<T> | undefined {
    const exact = this.#exact.get(host)?.find(path);
    if (exact || this.#wildcard.size === 0) return exact;
    for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
      const found = this.#wildcard.get(host.slice(dot))?.find(path);
      if (found) return found;
    }
    return undefined;
  }

  #treeOf(host: string | undefined): ListenTree<T> {
    if (host === undefined) return this.#any;
    const [trees, name] = host.startsWith("*.") ? [this.#wildcard, host.slice(1)] : [this.#exact, host];
    const tree = trees.get(name) ?? new ListenTree<T>();
    trees.set(name, tree);
    return tree;
  }
}

function withoutPort(host: string): string {
  const colon = host.lastIndexOf(":");
  const name = colon > host.lastIndexOf("]") ? host.slice(0, colon) : host;
  return name.toLowerCase().replace(/\.$/, "");
}

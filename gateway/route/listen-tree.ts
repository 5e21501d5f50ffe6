/** A value and the listen path under which it was found. */
export interface RoutedPlace<T> {
  value: T;
  listenPath: string;
}

interface Node<T> {
  children: Map<string, Node<T>> | undefined;
  place: RoutedPlace<T> | undefined;
}

/**
 * Listen paths of one host, by segment. A lookup walks the segments of the request's path and remembers the deepest place
 * seen, so it costs the depth of the path and not the number of APIs.
 */
export class ListenTree<T> {
  readonly #root: Node<T> = { children: undefined, place: undefined };

  /** Returns the place that already holds this path, and changes nothing, when there is one. */
  add(listenPath: string, value: T): RoutedPlace<T> | undefined {
    let node = this.#root;
    for (const segment of listenPath.split("/").filter(Boolean)) {
      node.children ??= new Map();
      const child = node.children.get(segment) ?? { children: undefined, place: undefined };
      node.children.set(segment, child);
      node = child;
    }
    if (node.place) return node.place;
    node.place = { value, listenPath };
    return undefined;
  }

  find(path: string): RoutedPlace<T> | undefined {
    let node = this.#root;
    let best = node.place;
    let start = 1;
    while (node.children !== undefined && start <= path.length) {
      let end = path.indexOf("/", start);
      if (end === -1) end = path.length;
      const child = node.children.get(path.slice(start, end));
      if (child === undefined) return best;
      node = child;
      if (node.place !== undefined) best = node.place;
      start = end + 1;
    }
    return best;
  }
}

import { EdgeList, type Layer } from "./layers.ts";

/** A read found a key unwritten although it had to see a write of `writer`. */
export interface MissedWrite {
  readonly writer: number;
  readonly reader: number;
  readonly key: number;
}

/** What a level demands of the order of commits, beyond that writers come before their readers. */
export interface Demands {
  /** From transactions to others that must be committed after them. */
  readonly layer: Layer;
  /** Demands that no order fulfils, since nothing comes before the initial state; the first few. */
  readonly missed: readonly MissedWrite[];
}

const MAX_MISSED = 8;

/** Collects demands. */
export class DemandList {
  readonly #edges = new EdgeList();
  readonly #missed: MissedWrite[] = [];

  /** `earlier` must be committed before `later`. */
  add(earlier: number, later: number): void {
    this.#edges.add(earlier, later);
  }

  miss(writer: number, reader: number, key: number): void {
    if (this.#missed.length < MAX_MISSED) this.#missed.push({ writer, reader, key });
  }

  demands(size: number): Demands {
    return { layer: this.#edges.layer(size), missed: this.#missed };
  }
}

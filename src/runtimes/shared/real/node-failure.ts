/** A node that died by itself or could not be restarted, a client that threw, a fault that could not be confirmed. */
export class NodeFailure {
  readonly atNs: number;
  readonly who: string;
  readonly text: string;

  constructor(atNs: number, who: string, text: string) {
    this.atNs = atNs;
    this.who = who;
    this.text = text;
  }

  toString(): string {
    return `${this.who}, ${(this.atNs / 1e9).toFixed(1)} s after the start: ${this.text}`;
  }
}

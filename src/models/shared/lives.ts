import type { Disk } from "../../core/replica.ts";

/** Counts in a cell of the disk how often a node was started, this time included: names that carry it are never used again after a crash. */
export function nextLife(disk: Disk, cell = "lives"): number {
  const life = Number(disk.read(cell) ?? 0) + 1;
  disk.write(cell, life);
  disk.sync();
  return life;
}

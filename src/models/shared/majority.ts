/** The smallest number of nodes any two groups of which share a node. */
export const majorityOf = (nodes: number): number => Math.floor(nodes / 2) + 1;

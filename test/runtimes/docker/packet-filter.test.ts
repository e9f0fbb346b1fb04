import { describe, expect, it } from "vitest";
import { type Addresses, countDrops } from "../../../src/runtimes/docker/packet-filter.ts";

const ADDRESSES = new Map<string, Addresses>([
  ["n1", { v4: ["198.18.5.11"], v6: ["fd00::11"] }],
  ["n2", { v4: ["198.18.5.12", "172.20.0.3"], v6: ["fd00::12"] }],
  ["n3", { v4: ["198.18.5.13"], v6: [] }],
]);
const counted = (listing: string): Record<string, number> => Object.fromEntries(countDrops(listing, ADDRESSES));

/** As iptables 1.8.9 prints it, on nftables and on the legacy tables alike. */
const V4 = `Chain SPLITBRAIN (1 references)
    pkts      bytes target     prot opt in     out     source               destination         
     212    17808 DROP       0    --  *      *       198.18.5.12          0.0.0.0/0           
       3      252 DROP       0    --  *      *       172.20.0.3           0.0.0.0/0           
       0        0 DROP       0    --  *      *       198.18.5.13          0.0.0.0/0           
      17     1020 RETURN     0    --  lo     *       0.0.0.0/0            0.0.0.0/0           
     900    81000 RETURN     0    --  *      *       198.18.5.11          0.0.0.0/0           
      44     2640 DROP       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:7000
`;
const V6 = `Chain SPLITBRAIN (1 references)
    pkts      bytes target     prot opt in     out     source               destination         
       5      400 DROP       0    --  *      *       fd00::12             ::/0                
       6      480 RETURN     0    --  *      *       fd00::11             ::/0                
       7      560 DROP       6    --  *      *       ::/0                 ::/0                 tcp dpt:7000
`;

describe("countDrops", () => {
  it("counts what was dropped of each peer, over all its addresses, and nothing else", () => {
    expect(counted(V4)).toEqual({ n2: 215, n3: 0 });
    expect(counted(V6)).toEqual({ n2: 5 });
    expect(counted(V4 + V6)).toEqual({ n2: 220, n3: 0 });
  });

  it("reads what other versions write: names of protocols, prefixes, no options with IPv6", () => {
    expect(
      counted(`Chain SPLITBRAIN (1 references)
 pkts bytes target     prot opt in     out     source               destination
   12  1008 DROP       all  --  any    any     198.18.5.13/32       anywhere
`),
    ).toEqual({ n3: 12 });
    expect(
      counted(`Chain SPLITBRAIN (1 references)
    pkts      bytes target     prot opt in     out     source               destination
       8      640 DROP       all      *      *       fd00::11/128         ::/0
       9      640 DROP       all      *      *       fd00::12/64          ::/0
`),
    ).toEqual({ n1: 8 });
  });

  it("counts exactly, however many there are", () => {
    const many = 12_345_678_901_234;
    expect(counted(`${many} 1 DROP 0 -- * * 198.18.5.11 0.0.0.0/0`)).toEqual({ n1: many });
  });

  it("takes one address for another's beginning no more than it takes a heading for a rule", () => {
    expect(counted("3 9 DROP 0 -- * * 198.18.5.1 0.0.0.0/0")).toEqual({});
    expect(counted("3 9 DROP 0 -- * * 198.18.5.110 0.0.0.0/0")).toEqual({});
    expect(counted("pkts bytes DROP 198.18.5.11")).toEqual({});
    expect(counted("")).toEqual({});
    expect(counted("iptables: No chain/target/match by that name.\n")).toEqual({});
  });
});

export { CRDT_TYPES, type CrdtType, crdt } from "./crdt.ts";

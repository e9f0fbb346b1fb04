export { type BankOptions, bank } from "./bank.ts";

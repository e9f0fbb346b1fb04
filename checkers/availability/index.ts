export { type AvailabilityOptions, availability, availabilityByNode, type NodeAvailability } from "./availability.ts";

export { envelope, event } from "../../sdk/test/events.ts";

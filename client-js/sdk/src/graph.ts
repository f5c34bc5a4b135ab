/** `@heliograph/client/graph`: which nodes of a graph an ingested event lights. The public names, and nothing else. */
export { readEnvelope, type SegmentEvent } from "./graph/envelope.ts";
export { type Graph, type GraphEdge, GraphFileError, type GraphNode, readGraph } from "./graph/graph.ts";
export type { Fields } from "./graph/json.ts";
export {
  type EventDefinition,
  type FilterOperator,
  GraphMatcher,
  type PropertyFilter,
  readDefinitions,
  type Waiter,
} from "./graph/matcher.ts";
export { definitionStub, UNMAPPED_PROPERTIES_MAX, type UnmappedEvent, UnmappedEvents } from "./graph/unmapped.ts";

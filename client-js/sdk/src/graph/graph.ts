import { fields, list, number, text } from "./json.ts";

export interface GraphNode {
  readonly uuid: string;
  readonly id: string;
  readonly label: string;
  /** The event that means this node was reached; absent: nothing tells. */
  readonly eventId: string | undefined;
  readonly x: number;
  readonly y: number;
}

export interface GraphEdge {
  readonly uuid: string;
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** The share that goes on this way, 0 to 1. */
  readonly probability: number;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** What a file should have held. */
export class GraphFileError extends Error {
  override readonly name = "GraphFileError";
}

/** Reads a graph in DagNet's file shape; edges name their ends by node uuid. */
export function readGraph(file: unknown): Graph {
  const { nodes: rawNodes, edges: rawEdges } = fields(file);
  if (!Array.isArray(rawNodes) || rawNodes.length === 0) {
    throw new GraphFileError("a graph file is an object with a list `nodes` that is not empty");
  }
  const nodes = rawNodes.map(readNode);
  const byUuid = new Map(nodes.map((node) => [node.uuid, node]));
  if (byUuid.size < nodes.length) {
    throw new GraphFileError("two nodes have the same uuid");
  }
  return { nodes, edges: list(rawEdges).map((edge, i) => readEdge(edge, i, byUuid)) };
}

function readNode(value: unknown, index: number): GraphNode {
  const raw = fields(value);
  const id = text(raw["id"]);
  if (id === undefined) {
    throw new GraphFileError(`nodes[${index}] has no id`);
  }
  const layout = fields(raw["layout"]);
  return {
    uuid: text(raw["uuid"]) ?? id,
    id,
    label: text(raw["label"]) ?? id,
    eventId: text(raw["event_id"]),
    x: number(layout["x"]) ?? index * 200,
    y: number(layout["y"]) ?? 0,
  };
}

function readEdge(value: unknown, index: number, byUuid: ReadonlyMap<string, GraphNode>): GraphEdge {
  const raw = fields(value);
  const from = byUuid.get(String(raw["from"]));
  const to = byUuid.get(String(raw["to"]));
  if (from === undefined || to === undefined) {
    const [end, wanted] = from === undefined ? ["from", raw["from"]] : ["to", raw["to"]];
    throw new GraphFileError(`edges[${index}].${end} names no node by uuid: ${String(wanted)}`);
  }
  const probability = number(fields(raw["p"])["mean"]) ?? 0;
  return { uuid: text(raw["uuid"]) ?? `${from.uuid}>${to.uuid}`, from, to, probability };
}

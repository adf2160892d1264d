/** The nodes of a script as it defines them: a graph of plain data, from which runs make machines. */
import type { Result } from '../../base/result.ts';
import type { ObjectDefinition, ScriptObject } from '../../tick/evaluate/describe.ts';
import type { DeadmanSettings } from '../definition.ts';
import type { Machine, MachineContext } from '../engine/machine.ts';

export type EdgeType = 'none' | 'stream' | 'batch';

/** What the nodes of one script share. */
export interface Graph {
  /** Roots: the script's source, then one for every `stats`. */
  readonly sources: PipelineNode[];
  nextId: number;
  readonly deadman: DeadmanSettings;
}

export abstract class PipelineNode implements ScriptObject {
  abstract readonly definition: ObjectDefinition;
  /** `http_out`; the name is this and the number. */
  abstract readonly kind: string;
  readonly graph: Graph;
  readonly wants: EdgeType;
  readonly provides: EdgeType;
  readonly parents: PipelineNode[] = [];
  readonly children: PipelineNode[] = [];
  id = -1;
  isQuiet = false;

  constructor(graph: Graph, wants: EdgeType, provides: EdgeType) {
    this.graph = graph;
    this.wants = wants;
    this.provides = provides;
  }

  get name(): string {
    return `${this.kind}${this.id}`;
  }

  /** Joins a child. A child of several parents takes a new number with each, as in 1.5.4. */
  link<N extends PipelineNode>(child: N): N {
    child.id = this.graph.nextId++;
    this.children.push(child);
    child.parents.push(this);
    return child;
  }

  addAsSource(): void {
    this.id = this.graph.nextId++;
    this.graph.sources.push(this);
  }

  /** What is wrong with the properties together; the original's text. */
  validate(): string | undefined {
    return undefined;
  }

  /** Whether its edges are drawn in the graph's text. */
  get isDrawn(): boolean {
    return true;
  }

  /** An error refuses to start the task. */
  abstract createMachine(context: MachineContext): Result<Machine, string>;
}

/** What a script may pass where a node is wanted: a node, or a handler of an alert node, which stands for it. */
export function nodeOf(object: ScriptObject): PipelineNode {
  if (object instanceof PipelineNode) return object;
  if ('alert' in object && object.alert instanceof PipelineNode) return object.alert;
  throw new Error(`${object.definition.goType} is no node`);
}

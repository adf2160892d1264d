/** Every TICK node but the sources: a further one is a file in `nodes/` and a line here. */
import { addNodeModule } from './graph/chain-node.ts';
import type { NodeModule } from './graph/chain-node.ts';
import { alertModule } from './nodes/alert/alert.ts';
import { evalModule } from './nodes/eval.ts';
import { groupByModule } from './nodes/group-by.ts';
import { httpOutModule } from './nodes/http-out.ts';
import { httpPostModule } from './nodes/http-post.ts';
import { influxdbOutModule } from './nodes/influxdb-out.ts';
import { influxqlModule } from './nodes/influxql/influxql.ts';
import { logModule } from './nodes/log.ts';
import { whereModule } from './nodes/where.ts';
import { windowModule } from './nodes/window.ts';

export const nodeModules: readonly NodeModule[] = [
  alertModule,
  evalModule,
  groupByModule,
  httpOutModule,
  httpPostModule,
  influxdbOutModule,
  influxqlModule,
  logModule,
  whereModule,
  windowModule,
];

for (const module of nodeModules) addNodeModule(module);

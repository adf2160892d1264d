/** Every TICK node but the sources: a further one is a file in `nodes/` and a line here. */
import { addNodeModule } from './graph/chain-node.ts';
import type { NodeModule } from './graph/chain-node.ts';
import { alertModule } from './nodes/alert/alert.ts';
import { ec2AutoscaleModule } from './nodes/autoscale/ec2-autoscale.ts';
import { k8sAutoscaleModule } from './nodes/autoscale/k8s-autoscale.ts';
import { swarmAutoscaleModule } from './nodes/autoscale/swarm-autoscale.ts';
import { barrierModule } from './nodes/barrier.ts';
import { changeDetectModule } from './nodes/change-detect.ts';
import { combineModule } from './nodes/combine.ts';
import { deadmanModule } from './nodes/deadman.ts';
import { defaultModule } from './nodes/default.ts';
import { deleteModule } from './nodes/delete.ts';
import { derivativeModule } from './nodes/derivative.ts';
import { evalModule } from './nodes/eval.ts';
import { flattenModule } from './nodes/flatten.ts';
import { groupByModule } from './nodes/group-by.ts';
import { httpOutModule } from './nodes/http-out.ts';
import { httpPostModule } from './nodes/http-post.ts';
import { influxdbOutModule } from './nodes/influxdb-out/influxdb-out.ts';
import { influxqlModule } from './nodes/influxql/influxql.ts';
import { joinModule } from './nodes/join/join.ts';
import { kapacitorLoopbackModule } from './nodes/kapacitor-loopback.ts';
import { logModule } from './nodes/log.ts';
import { sampleModule } from './nodes/sample.ts';
import { shiftModule } from './nodes/shift.ts';
import { sideloadModule } from './nodes/sideload/sideload.ts';
import { stateTrackingModule } from './nodes/state-tracking.ts';
import { statsModule } from './nodes/stats.ts';
import { unionModule } from './nodes/union.ts';
import { whereModule } from './nodes/where.ts';
import { windowModule } from './nodes/window.ts';

export const nodeModules: readonly NodeModule[] = [
  alertModule,
  barrierModule,
  changeDetectModule,
  combineModule,
  deadmanModule,
  defaultModule,
  deleteModule,
  derivativeModule,
  ec2AutoscaleModule,
  evalModule,
  flattenModule,
  groupByModule,
  httpOutModule,
  httpPostModule,
  influxdbOutModule,
  influxqlModule,
  joinModule,
  k8sAutoscaleModule,
  kapacitorLoopbackModule,
  logModule,
  sampleModule,
  shiftModule,
  sideloadModule,
  stateTrackingModule,
  statsModule,
  swarmAutoscaleModule,
  unionModule,
  whereModule,
  windowModule,
];

for (const module of nodeModules) addNodeModule(module);

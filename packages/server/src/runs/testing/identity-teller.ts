// Says who this process is as a service instance, and whether it takes the instance of its argument for gone.
import { hostname } from 'node:os';
import { placeOf } from '@penstock/modes';
import { createInstanceId, isCertainlyGone } from '../instance-identity.ts';

const [other] = process.argv.slice(2);
const isGone = other === undefined ? null : isCertainlyGone(other, placeOf(hostname()));
process.stdout.write(`${JSON.stringify({ id: createInstanceId(hostname()), host: hostname(), isGone })}\n`);

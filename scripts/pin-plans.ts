// npm run pin-plans: writes down what the documents of the golden pipelines lead to in Kafka. Only where that is meant to
// change: pipelines that have run with another version do not find what they have kept under other names.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describePlan, pinnedDocuments } from '../tests/golden/plans/described-plan.ts';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'tests', 'golden', 'plans');
for (const file of readdirSync(folder)) if (file.endsWith('.json')) rmSync(join(folder, file));
const documents = pinnedDocuments();
for (const [name, document] of documents)
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(describePlan(document), undefined, 2)}\n`);
process.stdout.write(`${documents.size} plans written to ${folder}\n`);

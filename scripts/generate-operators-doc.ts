// Writes docs/generated/operators.md from the operator definitions: node scripts/generate-operators-doc.ts
import { writeFileSync } from 'node:fs';
import { operators, renderReference } from '../packages/operators/src/index.ts';

const file = new URL('../docs/generated/operators.md', import.meta.url);
writeFileSync(file, renderReference(operators));
process.stdout.write(`${operators.length} operators written to docs/generated/operators.md\n`);

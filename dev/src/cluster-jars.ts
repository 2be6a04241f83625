// npm run cluster-jars: what Cluster Mode needs of Spark, fetched and built once, as environment lines.
import { AppError } from '@penstock/model';
import { clusterPrograms } from './start/cluster.ts';

try {
  // What the environment names already is taken from there, as `npm start -- --cluster` does.
  const programs = await clusterPrograms(process.env, (line) => process.stderr.write(`${line}\n`));
  for (const [name, path] of Object.entries(programs)) process.stdout.write(`${name}=${path}\n`);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

// Claims the folder lock named by its argument, says so, and holds it until its standard input ends.
import { AppError } from '@penstock/model';
import { lockFolder } from '../folder-lock.ts';

try {
  lockFolder(process.argv[2] ?? '');
  process.stdout.write('held\n');
  process.stdin.resume().on('end', () => process.exit(0));
} catch (error) {
  process.stdout.write(`${error instanceof AppError ? error.code : String(error)}\n`);
}

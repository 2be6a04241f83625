// How the console's frames come while a canvas of 100 stages is panned, 1,000 pipelines and 10,000 dead letters are
// scrolled, in a real browser. Prints figures; what is good enough is for whoever reads them to say.
import { printTable } from './print-table.ts';
import { measured } from './scenes.ts';

const scenes = await measured();
printTable(scenes);

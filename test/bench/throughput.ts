import { hotBacklog, mixedBacklog, quietBeside } from './throughput/scenarios.ts';

const [what, count, workers, fair] = process.argv.slice(2);
const run =
  what === 'quiet'
    ? () => quietBeside(count as 'none', Number(workers), fair !== 'unfair')
    : () => (what === 'hot' ? hotBacklog : mixedBacklog)(Number(count), Number(workers));
console.log(JSON.stringify(await run()));

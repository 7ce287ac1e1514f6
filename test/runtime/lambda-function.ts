import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

/** What globalSetup has found: Node as the template deploys it, and AWS's own runtime client. */
const tools = JSON.parse(process.env.RUNTIME_TOOLS ?? '{}') as { node: string; client: string };

/** A function as the template has it. */
export interface FunctionOrder {
  name: string;
  /** `dist/receive/index.handler` */
  handler: string;
  /** Where its package was unpacked. */
  folder: string;
  memoryMb: number;
  timeoutMs: number;
  environment: Record<string, string>;
  /** Instances, each a process. */
  instances: number;
}

export interface LambdaFunction extends Pick<RuntimeApi, 'invoke' | 'taken'> {
  /** Lines that it has written. */
  log: string[];
  /** Ends every instance with SIGKILL, whatever it does, and starts new ones. What was under way fails. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Processes of the packaged function in AWS's own runtime client, each in the runtime loop. */
export async function startFunction(order: FunctionOrder): Promise<LambdaFunction> {
  const api = await startRuntimeApi(order.timeoutMs);
  const log: string[] = [];
  const start = () => Array.from({ length: order.instances }, () => startInstance(order, api, log));
  let instances = start();
  const end = () => Promise.all(instances.map(kill));
  return {
    ...api,
    log,
    async restart() {
      await end();
      instances = start();
    },
    async stop() {
      await end();
      await api.close();
    },
  };
}

function startInstance(order: FunctionOrder, api: RuntimeApi, log: string[]): ChildProcess {
  const env = { ...order.environment, ...platformEnvironment(order), AWS_LAMBDA_RUNTIME_API: api.address };
  const child = spawn(tools.node, [`--max-old-space-size=${order.memoryMb}`, tools.client], {
    cwd: order.folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => log.push(...text.split('\n').filter(Boolean)));
  }
  child.once('error', (error) => api.fail(`${order.name} cannot be started: ${error.message}`));
  child.once('exit', (code, signal) => api.fail(`${order.name} ended: ${signal ?? `exit code ${code}`}`));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const platformEnvironment = ({ name, handler, folder, memoryMb }: FunctionOrder) => ({
  _HANDLER: handler,
  LAMBDA_TASK_ROOT: folder,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'runtime',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
});

import type { SeededRandom } from './seeded-random.ts';

/** One process of the simulated service: a Lambda invocation. Dead ones never hear of their calls again. */
export interface Actor {
  name: string;
  alive: boolean;
  /** Simulated time at which the platform kills it. */
  killAt: number;
}

interface Operation {
  actor: Actor;
  label: string;
  /** Carries the call out; what it returns or throws goes to the caller if that is still alive. */
  effect: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  faulty: FaultMaker | undefined;
  late: LateParts | undefined;
  sentAt: number;
  /** The caller hangs up then. */
  givenUpAt: number;
}

export type When = 'before' | 'after';

/** How a call of this kind fails, before or after its effect: the error its caller sees. */
export type FaultMaker = (when: When) => Error;

/** What a request that is still under way when its caller gives up comes to, in this order, each at a time of its own. */
export type LateParts = () => { parts: ((isInTime: boolean) => void)[]; withinMs: number };

export interface HowToCall {
  faulty: FaultMaker;
  timeoutMs?: number;
  /** Left out: without an answer in time there is no effect either. */
  late?: LateParts;
}

export interface FaultRates {
  /** The caller dies before / after the call took effect. */
  crash: number;
  /** The call fails before / after it took effect. */
  fail: number;
  /** The call takes effect, in one or in several parts, after its caller has given up. */
  late: number;
}

export interface Scheduler {
  now(): number;
  /** A call into the outside world: happens when the scheduler says so, with the fault it chooses. */
  call<T>(actor: Actor, label: string, effect: () => T, how?: HowToCall): Promise<T>;
  /** The call under way takes this long. */
  pass(ms: number): void;
  /** Runs `then` at a simulated time. */
  at(time: number, label: string, then: () => void): void;
  /** Runs until nothing is left to do, or `until`. */
  run(until: () => boolean): Promise<void>;
  /** Whether a request whose caller has given up is still under way. */
  isLate(): boolean;
  trace: string[];
}

export interface SchedulerOptions {
  random: SeededRandom;
  start: number;
  rates: FaultRates;
  /** At most so many faults, so that every history comes to an end. */
  faults: number;
  /** Keep the schedule for printing. */
  tracing: boolean;
}

interface Timer {
  time: number;
  label: string;
  then: () => void;
}

const MOST_STEPS = 200_000;
const STEP_MS = 5;

/**
 * The one place where anything happens: every await of the service is a call in this list, and the seed decides which
 * goes next, how long it takes, whether it fails before or after its effect, and whether its caller lives to see it.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { random, tracing } = options;
  const waiting: Operation[] = [];
  const timers: Timer[] = [];
  const trace: string[] = [];
  let time = options.start;
  let faults = options.faults;
  let underWay = 0;

  const note = (text: () => string) => {
    if (tracing) trace.push(`${String(time - options.start).padStart(9)} ${text()}`);
  };

  const fault = (rate: number) => faults > 0 && random.chance(rate) && faults-- > 0;

  function carryOut(operation: Operation): void {
    const { actor, label } = operation;
    if (time >= operation.givenUpAt) return hangUp(operation);
    if (!actor.alive) return lateEffect(operation);
    if (operation.late && fault(options.rates.late)) return beLate(operation);
    if (fault(options.rates.crash)) return crash(operation);
    if (operation.faulty && fault(options.rates.fail)) return fail(operation, operation.faulty);
    note(() => `${actor.name} ${label}`);
    settle(operation);
  }

  function hangUp(operation: Operation): void {
    const { actor, label, reject, faulty } = operation;
    note(() => `${actor.name} ${label} TIMES OUT on its way`);
    if (options.rates.late > 0 && random.chance(0.5)) goOnAlone(operation);
    if (actor.alive && faulty) reject(faulty('after')); // To the caller it might as well have happened.
  }

  /** Under way for so long that its caller gives up. */
  function beLate(operation: Operation): void {
    const { actor, label, reject, faulty, givenUpAt } = operation;
    note(() => `${actor.name} ${label} IS SLOW`);
    goOnAlone(operation);
    const then = () => {
      if (actor.killAt <= time) actor.alive = false;
      if (actor.alive && faulty) reject(faulty('after'));
    };
    timers.push({ time: Math.max(time, givenUpAt), label: `${actor.name} gives up ${label}`, then });
  }

  /** What it comes to without its caller, within the time that its CRM allows itself. */
  function goOnAlone({ actor, label, late, sentAt, givenUpAt }: Operation): void {
    if (!late) return;
    const { parts, withinMs } = late();
    const until = givenUpAt + withinMs;
    for (const [index, dueAt] of momentsBetween(sentAt, until, parts.length).entries()) {
      underWay += 1;
      const then = () => {
        underWay -= 1;
        const part = parts.shift(); // In their own order, whichever timer comes first.
        if (part) attempt(() => part(time <= until));
      };
      timers.push({
        time: Math.max(time, dueAt),
        label: `${actor.name} ${label} TAKES EFFECT, part ${index + 1}`,
        then,
      });
    }
  }

  function momentsBetween(from: number, until: number, count: number): number[] {
    const moments = Array.from({ length: count }, () => from + random.below(until - from));
    return moments.sort((a, b) => a - b);
  }

  /** A request that had left before its sender died may still arrive. */
  function lateEffect(operation: Operation): void {
    note(() => `${operation.actor.name} (dead) ${operation.label} arrives`);
    attempt(operation.effect);
  }

  function crash(operation: Operation): void {
    operation.actor.alive = false;
    const when = random.pick<When>(['before', 'after']);
    note(() => `${operation.actor.name} CRASHES ${when} ${operation.label}`);
    if (when === 'after') attempt(operation.effect);
    else if (options.rates.late > 0 && random.chance(0.3)) goOnAlone(operation);
  }

  function fail(operation: Operation, faulty: FaultMaker): void {
    const when = random.pick<When>(['before', 'after']);
    note(() => `${operation.actor.name} ${operation.label} FAILS ${when} its effect`);
    if (when === 'after') attempt(operation.effect);
    operation.reject(faulty(when));
  }

  function settle({ effect, resolve, reject }: Operation): void {
    try {
      resolve(effect());
    } catch (error) {
      reject(error);
    }
  }

  function dueTimer(): Timer | undefined {
    const due = timers.filter((timer) => timer.time <= time);
    if (due.length === 0) return undefined;
    const chosen = random.pick(due);
    timers.splice(timers.indexOf(chosen), 1);
    return chosen;
  }

  function step(): boolean {
    const timer = dueTimer();
    if (timer && (waiting.length === 0 || random.chance(0.5))) {
      note(() => timer.label);
      timer.then();
      return true;
    }
    if (timer) timers.push(timer);
    if (waiting.length > 0) {
      const [operation] = waiting.splice(random.below(waiting.length), 1);
      time += random.below(STEP_MS);
      if (operation && operation.actor.killAt <= time) operation.actor.alive = false;
      if (operation) carryOut(operation);
      return true;
    }
    if (timers.length === 0) return false;
    time = Math.max(time, Math.min(...timers.map((one) => one.time)));
    return true;
  }

  return {
    now: () => time,
    trace,
    pass: (ms) => {
      time += ms;
    },
    isLate: () => underWay > 0,
    at: (at, label, then) => void timers.push({ time: at, label, then }),
    call: <T>(actor: Actor, label: string, effect: () => T, how?: HowToCall) =>
      new Promise<T>((resolve, reject) => {
        if (!actor.alive) return; // A dead process sends nothing more, and waits for ever.
        const givenUpAt = time + (how?.timeoutMs ?? Number.POSITIVE_INFINITY);
        const hear = resolve as (value: unknown) => void;
        const { faulty, late } = how ?? {};
        waiting.push({ actor, label, effect, resolve: hear, reject, faulty, late, sentAt: time, givenUpAt });
      }),
    async run(until) {
      for (let steps = 0; steps < MOST_STEPS; steps++) {
        await settled();
        if (until()) return;
        if (!step()) return;
      }
      throw new Error('the history does not come to an end');
    },
  };
}

function attempt(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // Its caller no longer listens.
  }
}

/** All promise callbacks have run: every live process waits for the scheduler. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

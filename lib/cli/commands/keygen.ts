import { Command } from 'commander';
import { newWebhookSecret } from '../../crm/http/standard-webhooks.ts';
import { newKeys } from '../../dustess/envelope-keys.ts';
import type { Io } from '../io.ts';

export function keygenCommand(io: Io): Command {
  return new Command('keygen')
    .summary('make keys: for the 尘锋 form, or for the webhook of an http CRM')
    .description(
      'Makes a Token and an EncodingAESKey, or the secret that signs commands to an http CRM. Nothing is sent or stored: ' +
        'keep what is printed.',
    )
    .option('--webhook', 'make the secret of an http CRM instead: whsec_ and base64 of 32 random bytes')
    .option('--json', 'print {"token","encodingAesKey"}, with --webhook {"secret"}')
    .addHelpText('after', EXAMPLES)
    .action(({ webhook, json }: { webhook?: true; json?: true }) => (webhook ? makeSecret : makeKeys)(json, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync keygen
  npx merge-sync keygen --json > keys.json
  npx merge-sync keygen --webhook`;

function makeKeys(json: true | undefined, io: Io): void {
  const keys = newKeys(io.randomBytes);
  if (json) return io.out(JSON.stringify(keys));
  io.out(`Token           ${keys.token}\nEncodingAESKey  ${keys.encodingAesKey}`);
  io.err(NEXT_STEPS);
}

function makeSecret(json: true | undefined, io: Io): void {
  const secret = newWebhookSecret(io.randomBytes);
  if (json) return io.out(JSON.stringify({ secret }));
  io.out(secret);
  io.err(NEXT_STEPS_WEBHOOK);
}

const NEXT_STEPS_WEBHOOK = `
1. Give it to the receiver of your CRM.
2. Put it into the tenant's crm settings: {"crm":{"kind":"http","endpoint":…,"secret":…}}.
3. Check with: npx merge-sync doctor --crm crm.json
To replace an older one: both in "secret" with a space between, until the receiver knows the new one.`;

// The service first: 尘锋 verifies the URL at the moment it is saved.
const NEXT_STEPS = `
1. Give both to the service: as one more entry of "keys" in the tenant's settings, next to any that are in force.
   For npm start: export DUSTESS_TOKEN=… DUSTESS_ENCODING_AES_KEY=…
2. Check with: npx merge-sync verify-url --url https://…/callback/TENANT --keys FILE
3. In 尘锋 (PC 管理后台 → 推送数据地址, 回调配置), paste URL, Token and EncodingAESKey, and save.
4. Replacing older keys: remove those from the settings once callbacks arrive under the new ones.`;

import { Command } from 'commander';
import { newWebhookSecret } from '../../crm/http/standard-webhooks.ts';
import { newKeys } from '../../dustess/envelope-keys.ts';
import type { Io } from '../io.ts';

export function keygenCommand(io: Io): Command {
  return new Command('keygen')
    .summary('make a Token and an EncodingAESKey for the 尘锋 form')
    .description('Makes a Token and an EncodingAESKey. Nothing is sent or stored: keep what is printed.')
    .option('--webhook', 'make a secret for CRM kind "http" instead')
    .option('--json', 'print {"token","encodingAesKey"}, or {"secret"}')
    .addHelpText('after', EXAMPLES)
    .action(({ json, webhook }: { json?: true; webhook?: true }) => {
      if (webhook) return printSecret(newWebhookSecret(io.randomBytes), json === true, io);
      const keys = newKeys(io.randomBytes);
      if (json) return io.out(JSON.stringify(keys));
      io.out(`Token           ${keys.token}\nEncodingAESKey  ${keys.encodingAesKey}`);
      io.err(NEXT_STEPS);
    });
}

function printSecret(secret: string, json: boolean, io: Io): void {
  io.out(json ? JSON.stringify({ secret }) : secret);
  if (!json) io.err(WEBHOOK_STEPS);
}

const WEBHOOK_STEPS = `
1. Give it to the receiver, which checks signatures with it.
2. Give it to the service: "secret" in the tenant's settings for CRM kind "http".
3. Check with: npx merge-sync doctor --crm crm.json
Replacing an older one: enter both there, a space between, until the receiver has the new one.`;

const EXAMPLES = `
Examples:
  npx merge-sync keygen
  npx merge-sync keygen --json > keys.json
  npx merge-sync keygen --webhook`;

// The service first: 尘锋 verifies the URL at the moment it is saved.
const NEXT_STEPS = `
1. Give both to the service: as one more entry of "keys" in the tenant's settings, next to any that are in force.
   For npm start: export DUSTESS_TOKEN=… DUSTESS_ENCODING_AES_KEY=…
2. Check with: npx merge-sync verify-url --url https://…/callback/TENANT
3. In 尘锋 (PC 管理后台 → 推送数据地址, 回调配置), paste URL, Token and EncodingAESKey, and save.
4. Replacing older keys: remove those from the settings once callbacks arrive under the new ones.`;

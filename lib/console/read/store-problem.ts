import { CrmError } from '../../errors.ts';
import type { TextName } from '../texts/texts.ts';

const KINDS: [test: RegExp, text: TextName][] = [
  [/ResourceNotFound|QueueDoesNotExist|NonExistentQueue/, 'frame.problemMissing'],
  [
    /CredentialsProvider|ExpiredToken|RequestExpired|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|SSO|TokenProvider/i,
    'frame.problemLogin',
  ],
  [/AccessDenied|NotAuthorized|UnauthorizedOperation/, 'frame.problemRights'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|Timeout/i,
    'frame.problemUnreachable',
  ],
];

const MAX_CAUSES = 5;

/** Which of the pages' texts says what a failed request to AWS or to the CRM means. Nothing of the error itself is quoted. */
export function problemText(error: unknown): TextName {
  if (error instanceof CrmError) return 'frame.problemCrm';
  const words: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < MAX_CAUSES; at = at.cause, depth++)
    words.push(at.name, String((at as { code?: unknown }).code ?? ''), at.message);
  return KINDS.find(([test]) => words.some((word) => test.test(word)))?.[1] ?? 'frame.problemOther';
}

import { causes, describeCause, saysNothing } from './describe-cause.ts';

/** AWS does not know the login, or does not any more. */
const LOGIN_REFUSED =
  /ExpiredToken|RequestExpired|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|AuthFailure/;

const RIGHT_REFUSED = /AccessDenied|NotAuthorized|UnauthorizedOperation/;
/** Of the SDK's message only the action is shown: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const REFUSED_ACTION = /not authorized to perform: ([\w-]+:\w+)/;

const REGION = 'AWS_REGION=ap-southeast-1, the region of the deployment';

/** By what an error of the AWS SDK is called, or says where its name says nothing: what to do about it. */
const ADVICE: [test: RegExp, advice: string][] = [
  [/Region is missing/i, `no AWS region is set: export ${REGION}, or give your profile one`],
  [
    /CredentialsProviderError|Could not load credentials/i,
    'there are no AWS credentials, or they have expired: log in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID',
  ],
  [
    LOGIN_REFUSED,
    'AWS does not take these credentials: log in again; those of AWS China are others than those of AWS elsewhere',
  ],
  [RIGHT_REFUSED, 'these credentials have not the right for it'],
  [
    /QueueDoesNotExist|NonExistentQueue|ResourceNotFound/,
    `there is no such deployment: check --prefix and ${REGION}, and that it is the account you think`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|Timeout/i,
    'AWS cannot be reached: check the network and AWS_REGION',
  ],
];

/** Whether AWS answered that it does not take the login. */
export const isLoginRefused = (error: unknown): boolean => LOGIN_REFUSED.test(describeCause(error));

/** The cause of a failed call to AWS and what to do, in one line. The SDK's own message is not shown. */
export function awsProblem(error: unknown): string {
  const cause = describeCause(error);
  const messages = causes(error).map(({ message }) => String(message));
  const action = RIGHT_REFUSED.test(cause) && messages.join(' ').match(REFUSED_ACTION)?.[1];
  if (action) return `${cause}: these credentials have not the right ${action}`;
  const [, advice] = ADVICE.find(([test]) => [cause, ...messages].some((text) => test.test(text))) ?? [];
  return advice === undefined || saysNothing(cause) ? (advice ?? cause) : `${cause}: ${advice}`;
}

import { head, part } from '../../lib/aws/document-items.ts';
import { readTenants } from '../../lib/config.ts';
import { ofType, type Properties, propertiesOf, type Template } from './package-service.ts';

/** Everything each function may do: adding a right is a decision, made here too. */
export const RIGHTS: Record<string, string[]> = {
  Receive: [
    'dynamodb:DeleteItem EventsTable',
    'dynamodb:GetItem EventsTable',
    'dynamodb:PutItem EventsTable',
    'logs:CreateLogStream ReceiveLogGroup',
    'logs:PutLogEvents ReceiveLogGroup',
    'sqs:SendMessage EventsQueue',
    'ssm:GetParameter parameter/merge-sync-dev/*/door',
    'ssm:GetParameters parameter/merge-sync-dev/tenants/*',
  ],
  Apply: [
    'dynamodb:DeleteItem LedgerTable',
    'dynamodb:GetItem EventsTable',
    'dynamodb:BatchGetItem LedgerTable',
    'dynamodb:GetItem LedgerTable',
    'dynamodb:PutItem EventsTable',
    'dynamodb:PutItem LedgerTable',
    'dynamodb:UpdateItem LedgerTable',
    'events:PutEvents OutcomesBus',
    'logs:CreateLogStream ApplyLogGroup',
    'logs:PutLogEvents ApplyLogGroup',
    'sqs:ChangeMessageVisibility EventsQueue',
    'sqs:DeleteMessage EventsQueue',
    'sqs:GetQueueAttributes EventsQueue',
    'sqs:ReceiveMessage EventsQueue',
    'sqs:SendMessage EventsQueue',
    'sqs:SendMessage OutcomesQueue',
    'ssm:GetParameter parameter/merge-sync-dev/*/crm',
    'ssm:GetParameters parameter/merge-sync-dev/tenants/*',
  ],
  Reconcile: [
    'dynamodb:GetItem EventsTable',
    'dynamodb:PutItem EventsTable',
    'dynamodb:Query EventsTable/index/lists',
    'logs:CreateLogStream ReconcileLogGroup',
    'logs:PutLogEvents ReconcileLogGroup',
    'sqs:SendMessage EventsQueue',
    'ssm:GetParameters parameter/merge-sync-dev/tenants/*',
  ],
  Notify: [
    'dynamodb:BatchGetItem EventsTable',
    'dynamodb:Query EventsTable/index/lists',
    'logs:CreateLogStream NotifyLogGroup',
    'logs:PutLogEvents NotifyLogGroup',
    'sqs:ChangeMessageVisibility NotifyQueue',
    'sqs:DeleteMessage NotifyQueue',
    'sqs:GetQueueAttributes NotifyQueue',
    'sqs:ReceiveMessage NotifyQueue',
    'ssm:GetParameter parameter/merge-sync-dev/notify',
    'ssm:GetParameters parameter/merge-sync-dev/tenants/*',
  ],
};

export function rolePromises(template: () => Template): void {
  it.each(Object.keys(RIGHTS))('promise 10: the role of %s allows what the function does and nothing else', (name) => {
    expect(rightsOf(template(), `${name}Role`)).toEqual(RIGHTS[name]?.sort());
  });

  it('promise 10: each function has a role of its own, which only Lambda can take', () => {
    const roles = ofType(template(), 'AWS::IAM::Role');
    expect(roles.map(([name]) => name).sort()).toEqual(['ApplyRole', 'NotifyRole', 'ReceiveRole', 'ReconcileRole']);
    for (const [, { Properties: role }] of roles) {
      const [trust] = role.AssumeRolePolicyDocument.Statement;
      expect(trust.Principal).toEqual({ Service: 'lambda.amazonaws.com' });
      expect(role.ManagedPolicyArns).toBeUndefined();
    }
    const used = Object.keys(RIGHTS).map((name) => propertiesOf(template(), `${name}LambdaFunction`).Role);
    expect(used).toEqual(Object.keys(RIGHTS).map((name) => ({ 'Fn::GetAtt': [`${name}Role`, 'Arn'] })));
  });

  it.each(['Receive', 'Apply'])('promise 7: %s can delete parts of large documents and nothing else', (name) => {
    const statements = propertiesOf(template(), `${name}Role`).Policies[0].PolicyDocument.Statement;
    const deleting = statements.filter((one: Properties) => [one.Action].flat().includes('dynamodb:DeleteItem'));
    expect(deleting.map((one: Properties) => [one.Action, one.Condition])).toEqual([
      [
        'dynamodb:DeleteItem',
        {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': '#parts#*' },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      ],
    ]);
  });

  it('promise 7: no document but a part has a key that may be deleted, whatever its tenant and id are', () => {
    const ids = ['#parts#x', 'a#payload#b', '#'];
    for (const id of ids) {
      const key = { tenant: 'parts', kind: 'payload', id };
      expect(head(key).pk.S.startsWith('#parts#')).toBe(false);
      expect(part(key, 'write', 0).pk.S.startsWith('#parts#')).toBe(true);
    }
    for (const name of ['#parts', '#', '']) expect(() => readTenants(name)).toThrow();
  });
}

/** Those of its own policies, and of policies that are attached to it. */
function rightsOf(template: Template, name: string): string[] {
  const attached = ofType(template, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties);
  const policies = [
    ...propertiesOf(template, name).Policies,
    ...attached.filter(({ Roles }) => Roles.some(({ Ref }: { Ref?: string }) => Ref === name)),
  ];
  const statements = policies.flatMap((policy: Properties) => policy.PolicyDocument.Statement);
  const rights = statements.flatMap((statement: Properties) =>
    [statement.Action].flat().flatMap((action) => [statement.Resource].flat().map((on) => `${action} ${target(on)}`)),
  );
  return rights.sort();
}

/** `!GetAtt X.Arn` as `X`; an ARN of ours without its partition, region and account; anything else as it stands. */
function target(resource: Properties): string {
  const attribute = resource['Fn::GetAtt'];
  if (attribute) return attribute[1] === 'Arn' ? attribute[0] : attribute.join('.');
  const text = resource['Fn::Sub'] ?? JSON.stringify(resource);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders.
  const own = ['arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:', '${EventsTable.Arn}'];
  return text.replace(own[0], '').replace(own[1], 'EventsTable');
}

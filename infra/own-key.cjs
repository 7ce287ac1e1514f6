/**
 * What a KMS key of your own (parameter `kmsKey`) changes: the tables are encrypted with it, and the functions may use
 * it, for the tables and for SSM parameters that `merge-sync tenant put --kms-key` wrote. Queues and logs hold ids only
 * and keep AWS's keys. Called by osls.
 */
const tables = async ({ resolveVariable }) => {
  const key = await keyOf(resolveVariable);
  return key === '' ? { SSEEnabled: true } : { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key };
};

const resources = async ({ resolveVariable }) => {
  const key = await keyOf(resolveVariable);
  return key === '' ? {} : { Resources: { OwnKeyPolicy: policyFor(key) } };
};

const keyOf = async (resolveVariable) => String((await resolveVariable('param:kmsKey')) ?? '');

/**
 * Reading and writing a table under such a key takes these rights on it:
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
 */
const ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

function policyFor(key) {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'own-key',
      Roles: [
        { Ref: 'ReceiveRole' },
        { Ref: 'ApplyRole' },
        { Ref: 'ReconcileRole' },
        { 'Fn::If': ['HasNotify', { Ref: 'NotifyRole' }, { Ref: 'AWS::NoValue' }] },
      ],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ACTIONS, Resource: key }],
      },
    },
  };
}

module.exports = { tables, resources };

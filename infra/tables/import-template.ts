import { TABLES, type Template, tableName } from '../deploy/template.ts';

/** What CloudFormation asks for when existing tables are to become a stack's: a template of them alone, and their names. */
export interface ImportFiles {
  template: Template;
  resources: { ResourceType: string; LogicalResourceId: string; ResourceIdentifier: { TableName: string } }[];
}

/**
 * The tables of the packaged template, ready for an import. An import may create nothing, so nothing else is in it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
 */
export function importFiles(packaged: Template): ImportFiles {
  const tables = TABLES.map((table) => [table, packaged.Resources?.[table]] as const);
  return {
    template: {
      ...(packaged.Metadata && { Metadata: packaged.Metadata }),
      Resources: Object.fromEntries(tables.flatMap(([name, resource]) => (resource ? [[name, resource]] : []))),
    },
    resources: TABLES.map((table) => ({
      ResourceType: 'AWS::DynamoDB::Table',
      LogicalResourceId: table,
      ResourceIdentifier: { TableName: tableName(packaged, table) },
    })),
  };
}

/** The commands that make the import, in their order. */
export function importCommands(
  stackName: string,
  region: string,
  templateFile: string,
  resourcesFile: string,
): string[] {
  const changeSet = `--stack-name ${stackName} --change-set-name import-tables --region ${region}`;
  return [
    `aws cloudformation create-change-set ${changeSet} --change-set-type IMPORT --template-body file://${templateFile} --resources-to-import file://${resourcesFile}`,
    `aws cloudformation wait change-set-create-complete ${changeSet}`,
    `aws cloudformation execute-change-set ${changeSet}`,
    `aws cloudformation wait stack-import-complete --stack-name ${stackName} --region ${region}`,
  ];
}

import { objectIn, objectsIn } from '../../json.ts';
import { checkColumns, examined } from '../doctor-columns.ts';
import { createPipedriveCalls, type PipedriveOptions } from './calls.ts';
import { CUSTOM, OWN, PERSON_FIELDS } from './persons.ts';

/** Looks at everything a merge will need, without changing anything. What is wrong is a finding, never an error. */
export const examinePipedrive = (options: PipedriveOptions, mapped: string[]) =>
  examined(async () => {
    const { text } = await createPipedriveCalls(options)(PERSON_FIELDS);
    const fields = objectsIn(objectIn(text).data).filter(({ key }) => CUSTOM.test(String(key)));
    const custom = fields.map((one) => [String(one.key), { type: String(one.field_type), writable: true }] as const);
    const own = OWN.map((name) => [name, { type: 'of Pipedrive’s own', writable: true }] as const);
    return checkColumns(new Map([...own, ...custom]), [options.idField, options.mergedField, ...mapped]);
  });

// The client that `tessera client --typescript` writes, against a running server: node typescript.js http://host:port
import assert from "node:assert/strict";
import { Client, RequestError, type EmployeeInput } from "./staff.js";

const client = new Client(process.argv[2]!);

const page = await client.Employee.query({ filter: "salary >= :1", params: [200], orderby: "salary desc" });
assert.deepEqual(page.__ENTITIES.map((employee) => employee.lastName), ["Lopez", "Martinez", "Durand"]);

const set = await client.Employee.query({ entitySet: true, top: 1 });
const next = await client.Employee.page(set.__ENTITYSET!, { skip: 1, top: 2 });
assert.deepEqual(next.__ENTITIES.map((employee) => employee.ID), [2, 3]);

const input: EmployeeInput = { firstName: "Ida", lastName: "New", salary: 5 };
const created = await client.Employee.save(input);
assert.equal(created.fullName, "Ida New");
const saved = await client.Employee.save({ __KEY: created.__KEY, __STAMP: created.__STAMP, salary: 6 });
assert.equal(saved.__STAMP, created.__STAMP + 1);
await assert.rejects(client.Employee.save({ __KEY: created.__KEY, __STAMP: created.__STAMP, salary: 7 }), RequestError);

assert.equal(await client.Employee.headCount(), 5);
await client.Employee.drop(created.__KEY);
await assert.rejects(client.Employee.get(created.__KEY), (error: RequestError) => error.status === 404);

// @ts-expect-error There is no such attribute.
const wrong: EmployeeInput = { name: "x" };
assert.ok(wrong);

await client.logout();
console.log("ok      TypeScript");

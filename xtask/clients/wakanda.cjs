// A client of the protocol's ancestor that nobody here wrote, against a running server: node wakanda.cjs http://host:port
const assert = require("node:assert/strict");
const { WakandaClient } = require("wakanda-client");

const client = new WakandaClient({ host: process.argv[2] });
const steps = [];
const step = (name, run) => steps.push([name, run]);
const names = (collection) => collection.entities.map((entity) => entity.firstName).join();
// A picture of one point.
const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==", "base64");
let ds, created;

step("login", async () => {
	assert.equal(await client.directory.login("bad", "pw"), false);
	assert.equal(await client.directory.login("ann", "pw"), true);
	assert.equal((await client.directory.getCurrentUser()).userName, "ann");
});
step("catalog", async () => {
	ds = await client.getCatalog();
	assert.ok(ds.Employee && ds.Company && ds.Album);
	const some = await client.getCatalog(["Employee", "Company"]);
	assert.ok(some.Employee && some.Company && !some.Album);
});
step("query and paging", async () => {
	const page = await ds.Employee.query({ filter: "salary > :1", params: [100], orderBy: "salary desc", pageSize: 2 });
	assert.equal(names(page), "Eva,Max");
	await page.nextPage();
	assert.equal(names(page), "Zoé");
	await page.prevPage();
	assert.equal(names(page), "Eva,Max");
	await page.more();
	assert.equal(page.entities.length, 3);
});
step("relations", async () => {
	const ada = await ds.Employee.find(1, { select: "employer" });
	assert.equal(ada.employer.name, "Acme");
	const acme = await ds.Company.find(1);
	await acme.staff.fetch();
	assert.equal(names(acme.staff), "Ada,Zoé");
	assert.equal(names((await ds.Company.find(1, { select: "staff" })).staff), "Ada,Zoé");
});
step("create and save", async () => {
	// On Node the client itself changes ! ' ( ) * in what it sends.
	created = ds.Employee.create({ firstName: "New", lastName: "O”Brién 100%", salary: 7 });
	created.employer = await ds.Company.find(2);
	await created.save();
	assert.equal(created.lastName, "O”Brién 100%");
	assert.equal(created.employer._key, "2");
	const stamp = created._stamp;
	await created.save();
	assert.equal(created._stamp, stamp, "nothing changed");
	created.salary = 8;
	await created.save();
	assert.equal(created._stamp, stamp + 1);
});
step("stamps", async () => {
	const first = await ds.Employee.find(created.ID);
	const second = await ds.Employee.find(created.ID);
	first.salary = 1;
	await first.save();
	second.salary = 2;
	await assert.rejects(second.save());
});
step("delete", async () => {
	await (await ds.Employee.find(created.ID)).delete();
	await assert.rejects(ds.Employee.find(created.ID));
});
step("functions", async () => {
	assert.equal(await ds.Employee.headCount(), 4);
	assert.deepEqual((await ds.Employee.named("mart@")).entities.map((one) => one.lastName), ["Martin", "Martinez"]);
	assert.equal((await ds.Employee.firstOne()).lastName, "Durand");
	assert.equal(await (await ds.Employee.find(1)).greet("Hi"), "Hi Ada");
	assert.deepEqual(await (await ds.Employee.query({ filter: "salary >= 300" })).names(), ["Martinez", "Lopez"]);
	const acme = await ds.Company.find(1);
	await acme.staff.fetch();
	assert.deepEqual(await acme.staff.names(), ["Martin", "Durand"]);
});
step("recompute", async () => {
	const ada = await ds.Employee.find(1);
	ada.firstName = "Zz";
	await ada.recompute();
	assert.equal(ada.fullName, "Zz Martin");
	assert.equal((await ds.Employee.find(1)).firstName, "Ada", "nothing is written");
});
step("pictures and blobs", async () => {
	const album = ds.Album.create({});
	await album.save();
	await album.photo.upload(GIF, "image/gif");
	assert.match(album.photo.uri, /photo/);
	await album.file.upload(Buffer.from("hello"));
	assert.match(album.file.uri, /file/);
	await album.photo.delete();
	assert.equal(album.photo.uri, null);
});
step("logout", async () => {
	assert.equal(await client.directory.logout(), true);
	assert.equal(await client.directory.getCurrentUser().catch(() => null), null);
});

(async () => {
	for (const [name, run] of steps) {
		try {
			await run();
			console.log(`ok      ${name}`);
		} catch (error) {
			console.log(`FAILED  ${name}: ${error?.stack ?? JSON.stringify(error)}`);
			process.exitCode = 1;
		}
	}
})();

// The emulated client, which prints the same words whether it gets an error or not.

console.error = () => {};
console.log("Receiving, please wait");
await import("./client.ts");

// A TLS terminator before a plain HTTP server: official clients refuse to show a bearer token to plain http.
// usage: node terminator.mjs http://127.0.0.1:PORT key.pem cert.pem
// Prints the port it took. Path, query, Host and every other header pass as they are, byte for byte, because
// storage signatures cover them; only X-Forwarded-Proto is added.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";

const [behind, key, cert] = process.argv.slice(2);
const { hostname, port } = new URL(behind);
const agent = new http.Agent({ keepAlive: true });

const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, answer) => {
  const headers = [...request.rawHeaders, "X-Forwarded-Proto", "https"];
  const onward = http.request({ hostname, port, agent, method: request.method, path: request.url, headers, setHost: false });
  onward.on("response", (reply) => {
    answer.writeHead(reply.statusCode, reply.statusMessage, reply.rawHeaders);
    reply.pipe(answer);
    reply.on("error", () => answer.destroy());
  });
  // A cut connection behind is a cut connection before: no answer is made up here.
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  request.pipe(onward);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));

// A server on the loopback interface that answers as a test says, and remembers what it was asked.

import { once } from "node:events";
import { createServer } from "node:http";

/** A server. `answers` has a function for each path; `requests` are what was asked, in order. */
export async function loopback(answers) {
  const requests = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    requests.push({ method, url, headers, body });
    const answer = answers[new URL(url, "http://localhost").pathname];
    if (answer === undefined) response.writeHead(404).end();
    else await answer(response, { method, url, headers, body });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

'use strict';
// A registry of packages on this machine alone, as much of one as `npm publish` and `npm install` ask for.

const { createHash } = require('node:crypto');
const http = require('node:http');

/** @returns {Promise<{ url: string, names: () => string[], close: () => void }>} `names` in the order in which they were published */
async function openRegistry() {
  const packages = new Map();
  const server = http.createServer(async (request, response) => {
    const answer = (code, value) => response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const [name, , file] = decodeURIComponent(request.url.slice(1)).split('/');
    const known = packages.get(name);
    if (request.method === 'PUT') {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const document = JSON.parse(Buffer.concat(chunks));
      const [version] = Object.values(document.versions);
      const bytes = Buffer.from(Object.values(document._attachments)[0].data, 'base64');
      version.dist = {
        tarball: `${url}/${name}/-/${version.version}.tgz`,
        integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      };
      packages.set(name, { bytes, document: { name, 'dist-tags': { latest: version.version }, versions: { [version.version]: version } } });
      answer(201, { ok: true });
    } else if (known === undefined) answer(404, { error: 'not found' });
    else if (file !== undefined) response.end(known.bytes);
    else answer(200, known.document);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, names: () => [...packages.keys()], document: (name) => packages.get(name).document, close: () => server.close() };
}

module.exports = { openRegistry };

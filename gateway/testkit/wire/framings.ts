/** One input, as bytes in Latin-1. */
export interface RawInput {
  what: string;
  bytes: string;
}

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const input = (what: string, bytes: string): RawInput => ({ what, bytes });
const get = (fields: string, target = "/x") => `GET ${target} HTTP/1.1\r\n${fields}\r\n\r\n`;
const post = (fields: string, body: string) => `POST /x HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`;
const line = (text: string) => `${text}\r\nHost: a\r\n\r\n`;

/** Read as chunks the body ends before the smuggled request; read by its length, behind it. */
const EMPTY_CHUNK = `0\r\n\r\n${SMUGGLED}`;
const lengthOf = (text: string) => `Content-Length: ${text.length}`;

const codings = [
  ...[
    "chunked, identity",
    "identity, chunked",
    "identity",
    "xchunked",
    "chunkedx",
    "Chunked",
    "CHUNKED",
    "chunked,",
    ",chunked",
  ],
  ...[
    "chunked;q=1",
    '"chunked"',
    "chunked chunked",
    "gzip, chunked",
    "\tchunked",
    "chunked\t",
    "  chunked",
    "\x0bchunked",
  ],
  ...["\x00chunked", "chunked\x00", "\xa0chunked", "", "chu\tnked", "\rchunked", "chunk\xe9d", "chunked\r\n "],
].flatMap((value) => [
  input(`Transfer-Encoding: ${JSON.stringify(value)} alone`, post(`Transfer-Encoding: ${value}`, EMPTY_CHUNK)),
  input(
    `Transfer-Encoding: ${JSON.stringify(value)} and a length`,
    post(`${lengthOf(EMPTY_CHUNK)}\r\nTransfer-Encoding: ${value}`, EMPTY_CHUNK),
  ),
]);

const codingLines = [
  "Transfer-Encoding : chunked",
  " Transfer-Encoding: chunked",
  "Transfer-Encoding\t: chunked",
  "Transfer-Encoding:\r\n chunked",
  "Transfer-Encoding:\n chunked",
  "X: y\rTransfer-Encoding: chunked",
  "X: y\nTransfer-Encoding: chunked",
  "X: y\r\rTransfer-Encoding: chunked",
  "Transfer_Encoding: chunked",
  "Transfer-Encoding\0: chunked",
  "\0Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
  "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
  "Content-Encoding: chunked",
].map((fields) => input(JSON.stringify(fields), post(`${lengthOf(EMPTY_CHUNK)}\r\n${fields}`, EMPTY_CHUNK)));

const lengths = [
  ...[
    "+5",
    "-5",
    "5,5",
    "5, 5",
    "5,6",
    "0x5",
    " 5",
    "5 ",
    "\t5",
    "5\t",
    "05",
    "0000000000000005",
    "",
    "5a",
    "5.0",
    "5e0",
    "5 5",
    "\x0b5",
  ],
  ...["99999999999999999999", "18446744073709551621", "9007199254740993", "５", "5\0", "0, 5", "-0"],
].map((value) =>
  input(`Content-Length: ${JSON.stringify(value)}`, post(`Content-Length: ${value}`, `hello${SMUGGLED}`)),
);

const lengthLines = [
  ["Content-Length: 5\r\nContent-Length: 5", "two lengths, the same"],
  ["Content-Length: 5\r\nContent-Length: 0", "two lengths, the second nought"],
  ["Content-Length: 0\r\nContent-Length: 41", "two lengths, the first nought"],
  ["Content-Length : 5", "a space before the length's colon"],
  ["Content-Length\t: 5", "a tab before the length's colon"],
  ["Content_Length: 5", "an underscore in the length's name"],
  ["Content-Length:\r\n 5", "a folded length"],
  ["X: y\r\n Content-Length: 5", "a length within a folded line"],
].map(([fields, what]) => input(what!, post(fields!, `hello${SMUGGLED}`)));

const chunks = [
  ...[
    "0x5\r\nhello\r\n",
    "5 \r\nhello\r\n",
    " 5\r\nhello\r\n",
    "5\t\r\nhello\r\n",
    "+5\r\nhello\r\n",
    "-5\r\nhello\r\n",
    "5\nhello\r\n",
  ],
  ...[
    "5\rhello\r\n",
    "5\r\r\nhello\r\n",
    "5\r\nhello\n",
    "5\r\nhello\r",
    "5\r\nhello",
    "5\r\nhello!\r\n",
    "5\r\nhell\r\n",
    "\r\nhello\r\n",
  ],
  ...[
    "0000000000000000000005\r\nhello\r\n",
    "10000000000000005\r\nhello\r\n",
    "fffffffffffffffff\r\nhello\r\n",
    "80000005\r\nhello\r\n",
  ],
  ...[
    "5;a\r\nhello\r\n",
    "5;a=b\r\nhello\r\n",
    '5;a="b"\r\nhello\r\n',
    "5 ;a\r\nhello\r\n",
    "5; a\r\nhello\r\n",
    "5;\r\nhello\r\n",
    "5;;\r\nhello\r\n",
  ],
  ...[
    '5;a="\r\n"\r\nhello\r\n',
    "5;a\nhello\r\n",
    "5;a\rb\r\nhello\r\n",
    "5;a\0\r\nhello\r\n",
    '5;a="b\r\nhello\r\n',
    "5,a\r\nhello\r\n",
  ],
  ...[
    `5;${"a".repeat(8_000)}\r\nhello\r\n`,
    "5g\r\nhello\r\n",
    "G\r\nhello\r\n",
    "5\x0b\r\nhello\r\n",
    "٥\r\nhello\r\n",
  ],
].map((text) =>
  input(
    `a chunk ${JSON.stringify(text.slice(0, 40))}`,
    post("Transfer-Encoding: chunked", `${text}0\r\n\r\n${SMUGGLED}`),
  ),
);

const endings = [
  ["0\r\n", "no last line end"],
  ["0\n\n", "bare line feeds at the end"],
  ["0\r\n\n", "a bare line feed at the end"],
  ["0\r\n\r", "a bare CR at the end"],
  ["0;a\r\n\r\n", "an extension on the last chunk"],
  ["000\r\n\r\n", "a last chunk of noughts"],
  ["0\r\nContent-Length: 41\r\n\r\n", "a length in the trailers"],
  ["0\r\nTransfer-Encoding: chunked\r\n\r\n", "a coding in the trailers"],
  ["0\r\nX: y\r\n\r\n", "a trailer"],
  ["0\r\nHost: b\r\nAuthorization: c\r\nX-Forwarded-For: d\r\n\r\n", "trailers that route and authorise"],
  ["0\r\nX : y\r\n\r\n", "a trailer with a space before its colon"],
  ["0\r\nX: y\nZ: z\r\n\r\n", "a trailer with a bare line feed"],
  ["0\r\n\r\nX", "a byte behind the end"],
].map(([text, what]) =>
  input(`chunks with ${what}`, post("Transfer-Encoding: chunked", `5\r\nhello\r\n${text}${SMUGGLED}`)),
);

const requestLines = [
  ...[
    "GET  /x HTTP/1.1",
    "GET\t/x HTTP/1.1",
    "GET /x\tHTTP/1.1",
    "GET /x  HTTP/1.1",
    " GET /x HTTP/1.1",
    "GET /x HTTP/1.1 ",
    "GET /x y HTTP/1.1",
  ],
  ...[
    "get /x HTTP/1.1",
    "GE\0T /x HTTP/1.1",
    "G(T /x HTTP/1.1",
    "GET /x HTTP/0.9",
    "GET /x HTTP/1.2",
    "GET /x HTTP/2.0",
    "GET /x HTTP/3.0",
  ],
  ...[
    "GET /x http/1.1",
    "GET /x HTTP/1.10",
    "GET /x HTTP/01.1",
    "GET /x HTTP/1,1",
    "GET /x HTTP/11",
    "GET /x HTTP/1.",
    "GET /x",
    "GET /x FTP/1.1",
  ],
  ...[
    "CONNECT a:80 HTTP/1.1",
    "CONNECT /x HTTP/1.1",
    "TRACE /x HTTP/1.1",
    "PRI * HTTP/2.0",
    "OPTIONS * HTTP/1.1",
    "GET * HTTP/1.1",
  ],
  ...[
    "GET http://a/x HTTP/1.1",
    "GET http://b/x HTTP/1.1",
    "GET http://a@b/x HTTP/1.1",
    "GET http:///x HTTP/1.1",
    "GET http://a:81/x HTTP/1.1",
  ],
  ...[
    "GET https://a/x HTTP/1.1",
    "GET file:///x HTTP/1.1",
    "GET a:80 HTTP/1.1",
    "GET x HTTP/1.1",
    "GET ?x HTTP/1.1",
    "GET //b/x HTTP/1.1",
  ],
  ...[
    "GET /x#y HTTP/1.1",
    "GET /x\\y HTTP/1.1",
    "GET /\xfc HTTP/1.1",
    "GET /x\0y HTTP/1.1",
    "GET /x\x7fy HTTP/1.1",
    "GET /x\x01 HTTP/1.1",
    'GET /x"<> HTTP/1.1',
  ],
  ...[
    "GET /%00 HTTP/1.1",
    "GET /%zz HTTP/1.1",
    "GET /% HTTP/1.1",
    "GET /%2 HTTP/1.1",
    "GET /../x HTTP/1.1",
    "GET /%2e%2e/x HTTP/1.1",
  ],
].map((text) => input(`request line ${JSON.stringify(text)}`, line(text)));

const hosts = [
  ...[
    "",
    "a b",
    "a,b",
    "a\tb",
    "b@a",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "a:b",
    "a:",
    "a:99999999",
    "[::1]",
    "[::1",
    "::1",
    "a\0b",
    "\xfc",
    "a\x7f",
  ],
].map((value) => input(`Host: ${JSON.stringify(value)}`, get(`Host: ${value}`)));

const fields = [
  ["no Host", "X: y"],
  ["two Hosts", "Host: a\r\nHost: b"],
  ["two Hosts, the same", "Host: a\r\nHost: a"],
  ["a space before Host's colon", "Host : a"],
  ["a space before the first field", " Host: a"],
  ["a tab before a field", "Host: a\r\n\tX: y"],
  ["a folded line", "Host: a\r\nX: y\r\n z"],
  ["a bare CR in a value", "Host: a\r\nX: y\rZ: z"],
  ["a bare LF in a value", "Host: a\r\nX: y\nZ: z"],
  ["CR CR LF", "Host: a\r\nX: y\r\r\nZ: z"],
  ["a NUL in a value", "Host: a\r\nX: y\0z"],
  ["a NUL in a name", "Host: a\r\nX\0: y"],
  ["a bell in a value", "Host: a\r\nX: y\x07z"],
  ["a DEL in a value", "Host: a\r\nX: y\x7fz"],
  ["a byte above ASCII in a name", "Host: a\r\nX\xe9: y"],
  ["a bracket in a name", "Host: a\r\nX(: y"],
  ["no name", "Host: a\r\n: y"],
  ["no colon", "Host: a\r\nX"],
  ["Connection: Host", "Host: a\r\nConnection: host"],
  ["Connection: Content-Length", "Host: a\r\nContent-Length: 41\r\nConnection: close, content-length"],
  ["Connection: Transfer-Encoding", "Host: a\r\nTransfer-Encoding: chunked\r\nConnection: transfer-encoding"],
  ["Connection: X-Forwarded-For", "Host: a\r\nX-Forwarded-For: b\r\nConnection: x-forwarded-for, authorization"],
  [
    "an upgrade to h2c",
    "Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
  ],
  ["an upgrade to websocket that the upstream does not do", "Host: a\r\nConnection: Upgrade\r\nUpgrade: foo"],
  ["another expectation", "Host: a\r\nExpect: 200-ok"],
  ["an expectation twice", "Host: a\r\nExpect: 100-continue, 100-continue"],
  ["a thousand fields", `Host: a\r\n${"X: y\r\n".repeat(1_000)}Z: z`],
  ["ten thousand fields", `Host: a\r\n${"X: y\r\n".repeat(10_000)}Z: z`],
  ["a field of a hundred thousand bytes", `Host: a\r\nX: ${"y".repeat(100_000)}`],
].map(([what, text]) => input(what!, get(text!) + SMUGGLED));

const ends = [
  input("bare line feeds all over", `GET /x HTTP/1.1\nHost: a\n\n${SMUGGLED}`),
  input("a bare line feed behind the request line", `GET /x HTTP/1.1\nHost: a\r\n\r\n${SMUGGLED}`),
  input("a bare line feed for the empty line", `GET /x HTTP/1.1\r\nHost: a\r\n\n${SMUGGLED}`),
  input("a bare CR for the empty line", `GET /x HTTP/1.1\r\nHost: a\r\n\r${SMUGGLED}`),
  input("bare CRs all over", `GET /x HTTP/1.1\rHost: a\r\r${SMUGGLED}`),
  input("a bare CR before the request", `\r${get("Host: a")}`),
  input("a bare line feed before the request", `\n${get("Host: a")}`),
  input("an empty line before the request", `\r\n${get("Host: a")}`),
  input("three empty lines before the request", `\r\n\r\n\r\n${get("Host: a")}`),
  input("HTTP/0.9", "GET /x\r\n"),
  input("the first half of HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\n"),
  input("HTTP/2's preface with another end", `PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n${SMUGGLED}`),
  input("a coding with HTTP/1.0", `POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNK}`),
  input(
    "a coding, a length and HTTP/1.0",
    `POST /x HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n${lengthOf(EMPTY_CHUNK)}\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNK}`,
  ),
  input("HTTP/1.0 without a Host", "GET /x HTTP/1.0\r\n\r\n"),
  input("GET with a body", get(`Host: a\r\n${lengthOf(SMUGGLED)}`) + SMUGGLED),
  input("HEAD with a body", `HEAD /x HTTP/1.1\r\nHost: a\r\n${lengthOf(SMUGGLED)}\r\n\r\n${SMUGGLED}`),
  input("a body after Connection: close", post(`Connection: close\r\n${lengthOf("hello")}`, `hello${SMUGGLED}`)),
  input("two good requests", get("Host: a") + SMUGGLED),
  input("TLS's first bytes", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
];

/** Requests that somebody has read differently from somebody else, and a few good ones between them. */
export const framings: readonly RawInput[] = [
  ...codings,
  ...codingLines,
  ...lengths,
  ...lengthLines,
  ...chunks,
  ...endings,
  ...requestLines,
  ...hosts,
  ...fields,
  ...ends,
];

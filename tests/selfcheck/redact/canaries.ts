/** The secrets of the run that is searched for leaks: the value of each secret setting, and two secrets that the run learns. */
export const canaries = {
  TARGET_API_KEY: 'ck-T4rg&t/Key"7+Qz=x9Lw2Vb',
  MODEL_SERVER_API_KEY: 'mk_8sPq3ZtR5vXy1LmN0cDe',
  HF_TOKEN: 'hft0k7Wj4Bn9Ug2Ey6Ro',
  'the password in TARGET_ADMIN': 'Adm1n:pa55<of>Canary',
  'the password in TARGET_DATABASES': 'db6Shop@Can4ry/pw',
  'the other password in TARGET_DATABASES': 'db7ClinicCan4ryPw',
  'the password in DATABASE_URL': 'pg3Can4ryPassw0rd',
  'the password in VECTOR_DATABASE_URL': 'vc5Can4ryPassw0rd',
  'the password in MYSQL_URL': 'my4Can4ryPassw0rd',
  'the password in CACHE_URL': 'ch8Can4ryPassw0rd',
  'a token issued in the run': 'tk9IssuedX2c4V6b8N0m1Q3w5E7',
  "an own server's key": 'ow1nServersKeyCan4ry',
} as const;

const url = (scheme: string, user: string, password: string): string =>
  `${scheme}://${user}:${encodeURIComponent(password)}@127.0.0.1:1/nothing`;

/** The settings of that run that contain secrets. */
export const secretSettings = {
  TARGET_API_KEY: canaries.TARGET_API_KEY,
  MODEL_SERVER_API_KEY: canaries.MODEL_SERVER_API_KEY,
  HF_TOKEN: canaries.HF_TOKEN,
  TARGET_ADMIN: `admin@example.com:${canaries['the password in TARGET_ADMIN']}`,
  TARGET_DATABASES: JSON.stringify({
    shop: url('postgres', 'reader', canaries['the password in TARGET_DATABASES']),
    clinic: url('postgres', 'reader', canaries['the other password in TARGET_DATABASES']),
  }),
  DATABASE_URL: url('postgres', 'ann', canaries['the password in DATABASE_URL']),
  VECTOR_DATABASE_URL: url('postgres', 'ann', canaries['the password in VECTOR_DATABASE_URL']),
  MYSQL_URL: url('mysql', 'ann', canaries['the password in MYSQL_URL']),
  CACHE_URL: url('redis', '', canaries['the password in CACHE_URL']),
} as const;

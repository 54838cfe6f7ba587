import { SignJWT } from 'jose';

/** What an app's own sign-in does. */
export async function POST(request) {
  const token = new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(request.nextUrl.searchParams.get('user'))
    .setExpirationTime('1m');
  return new Response(await token.sign(new TextEncoder().encode(process.env.JWT_SECRET)));
}

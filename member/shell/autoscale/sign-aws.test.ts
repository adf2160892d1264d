import { expect, test } from 'vitest';
import { signAws } from './sign-aws.ts';

const secretKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

test('the example of the documentation gets the signature of the documentation', () => {
  const headers = signAws(
    {
      method: 'GET',
      url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: '',
    },
    { region: 'us-east-1', service: 'iam', accessKey: 'AKIDEXAMPLE', secretKey, wallMs: Date.UTC(2015, 7, 30, 12, 36) },
  );
  expect(headers).toEqual({
    'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
    'X-Amz-Date': '20150830T123600Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  });
});

test('a post is signed as the aws4 library signs it', () => {
  const { Authorization } = signAws(
    {
      method: 'POST',
      url: new URL('https://autoscaling.us-east-1.amazonaws.com/'),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'Content-Length': '113' },
      body: 'Action=SetDesiredCapacity&AutoScalingGroupName=web+group&DesiredCapacity=3&HonorCooldown=false&Version=2011-01-01',
    },
    {
      region: 'us-east-1',
      service: 'autoscaling',
      accessKey: 'AKIDEXAMPLE',
      secretKey,
      wallMs: Date.UTC(2026, 10, 25, 14, 13, 57),
    },
  );
  expect(Authorization?.split('Signature=')[1]).toBe(
    '908fd42646d279b1583eba77ee2b91ca744c0cdecfb0ca93c793a0fe3443b3a5',
  );
});

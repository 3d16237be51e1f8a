// Why a signature of a token is neither good nor bad: the two ways in which asking for it ends without an answer.

/** The builtin fails: token or key is not one, as the full engine would say as well. The call is undefined. */
export class TokenFailure extends Error {}

/** This platform cannot tell: it lacks what the signature is verified with. Undefined would be an answer, so this ends the evaluation. */
export class TokenUnjudged extends Error {}

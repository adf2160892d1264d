/** Why a request on tasks or templates is refused: the status and the text of `{"error": …}`. */
export interface ApiError {
  readonly status: 400 | 404 | 500;
  readonly message: string;
}

export function badRequest(message: string): ApiError {
  return { status: 400, message };
}

export function notFound(message: string): ApiError {
  return { status: 404, message };
}

export function serverError(message: string): ApiError {
  return { status: 500, message };
}

package com.threatwinds.compute.operator.compute;

/** A body that is not what the API's reference promises; says how in words of ours. */
final class UnreadableAnswerException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Without a cause: a parser's message quotes the body. */
  UnreadableAnswerException(String message) {
    super(message, null, false, false);
  }
}

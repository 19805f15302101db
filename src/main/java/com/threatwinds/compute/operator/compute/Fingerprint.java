package com.threatwinds.compute.operator.compute;

/**
 * A one-way mark of the credentials that a call was made with: equal marks mean the same
 * credentials and so the same account. Safe to log and to keep in a status.
 *
 * @param value 16 hexadecimal digits
 */
public record Fingerprint(String value) {

  @Override
  public String toString() {
    return value;
  }
}

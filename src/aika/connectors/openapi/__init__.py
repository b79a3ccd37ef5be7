"""API descriptions in OpenAPI and Swagger, from files and from addresses."""

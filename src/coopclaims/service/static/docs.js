// Shows openapi.json with Swagger UI, which comes with the package fastapi-offline.
"use strict";
SwaggerUIBundle({ url: "openapi.json", dom_id: "#docs", deepLinking: true });
